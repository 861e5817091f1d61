import { randomUUID } from "node:crypto";
import { createReadStream, openSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { PortListeners } from "../../seams.ts";
import { AwsError } from "../port/errors.ts";
import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { receive } from "./body.ts";
import { checkKey } from "./files.ts";
import { keyLocks } from "./key-locks.ts";
import { emptyAnswer, keptHeaders, type S3Request, s3Errors, xmlAnswer } from "./request.ts";
import type { Bucket, ObjectStore, StoredObject } from "./store.ts";

export type ObjectsContext = {
  store: ObjectStore;
  bucket(name: string): Bucket;
  arnOf(rest: string): string;
  listeners: Pick<PortListeners, "onBucketChange">;
  now: () => number;
};

const sameTag = (wanted: string, etag: string): boolean =>
  wanted
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === "*" || one === etag || `"${one}"` === etag);

const versionHeader = ({ version }: Pick<StoredObject, "version">): Record<string, string> =>
  version === "" ? {} : { "x-amz-version-id": version };

const readTags = (request: S3Request): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request.header("x-amz-tagging") ?? ""));

export const makeObjects = (context: ObjectsContext) => {
  const { store, listeners, now } = context;
  const locked = keyLocks();
  let sequencer = 0n;

  /** Hexadecimal, of one length, growing: over restarts too, since it begins with the time. */
  const nextSequencer = (): string => {
    const time = BigInt(now()) << 20n;
    sequencer = time > sequencer ? time : sequencer + 1n;
    return sequencer.toString(16).toUpperCase().padStart(18, "0");
  };

  const tell = (eventName: string, object: StoredObject) => {
    const removed = eventName.startsWith("ObjectRemoved");
    return listeners.onBucketChange({
      bucket: object.bucket,
      key: object.key,
      eventName,
      ...(removed ? {} : { size: object.size, eTag: object.etag.replaceAll('"', "") }),
      ...(object.version === "" ? {} : { versionId: object.version }),
      sequencer: nextSequencer(),
      time: new Date(now()).toISOString(),
    });
  };

  const newVersion = (bucket: Bucket): string =>
    bucket.versioning === "Enabled" ? randomUUID().replaceAll("-", "") : "";

  const checkWriteConditions = (request: S3Request, current: StoredObject | undefined) => {
    const exists = current !== undefined && !current.marker;
    const match = request.header("if-match");
    const noneMatch = request.header("if-none-match");
    if (match !== undefined && !exists) throw s3Errors.noSuchKey();
    if (match !== undefined && exists && !sameTag(match, current.etag)) throw s3Errors.preconditionFailed();
    if (noneMatch !== undefined && exists && sameTag(noneMatch, current.etag))
      throw s3Errors.preconditionFailed();
  };

  type Arrival = {
    incoming: string;
    size: number;
    etag: string;
    headers: Record<string, string>;
    tags: Record<string, string>;
  };

  /** Puts a received file in place as the object, under the key's lock, and tells of it before the answer. */
  const settle = (
    request: S3Request,
    eventName: string,
    { incoming, ...arrival }: Arrival,
  ): Promise<StoredObject> =>
    locked(`${request.bucket}/${request.key}`, async () => {
      const bucket = context.bucket(request.bucket);
      const current = store.get(request.bucket, request.key);
      checkWriteConditions(request, current);
      const version = newVersion(bucket);
      const keepsVersions = bucket.versioning !== "";
      const object: StoredObject = {
        bucket: request.bucket,
        key: request.key,
        version,
        marker: false,
        file: store.folder.choose(request.bucket, request.key, keepsVersions ? version || "null" : undefined),
        modified: now(),
        ...arrival,
      };
      store.commit(incoming, object);
      await tell(eventName, object);
      return object;
    });

  const find = (request: S3Request): StoredObject => {
    const version = request.query.get("versionId") ?? undefined;
    context.bucket(request.bucket);
    const object = store.get(request.bucket, request.key, version);
    if (!object || object.marker) {
      // Whoever may not list does not learn that a key is absent.
      const { call } = request;
      call.authorize("s3:ListBucket", context.arnOf(request.bucket));
      throw s3Errors.noSuchKey();
    }
    return object;
  };

  const describe = (object: StoredObject, request: S3Request): Record<string, string> => {
    const { headers } = object;
    // A checksum is of the whole object; the SDK would hold a range against it.
    const withChecksum =
      request.header("x-amz-checksum-mode") === "ENABLED" && request.header("range") === undefined;
    const shown = Object.entries(headers).filter(
      ([name]) => withChecksum || !name.startsWith("x-amz-checksum-"),
    );
    const overrides = [...request.query].flatMap(([name, value]) =>
      name.startsWith("response-") ? [[name.slice("response-".length), value]] : [],
    );
    return {
      ...Object.fromEntries(shown),
      ...Object.fromEntries(overrides),
      etag: object.etag,
      "last-modified": new Date(object.modified).toUTCString(),
      "accept-ranges": "bytes",
      ...versionHeader(object),
      ...(Object.keys(object.tags).length === 0
        ? {}
        : { "x-amz-tagging-count": String(Object.keys(object.tags).length) }),
    };
  };

  /** Undefined: the whole object. */
  const rangeOf = (request: S3Request, size: number): { start: number; end: number } | undefined => {
    const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.header("range") ?? "") ?? [];
    if (from === "" && to === "") return undefined;
    const start = from === "" ? Math.max(size - Number(to), 0) : Number(from);
    const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
    if (start > end || start >= size) throw s3Errors.invalidRange();
    return { start, end };
  };

  const read = (request: S3Request, withBody: boolean): Answer => {
    request.call.authorize(
      request.query.has("versionId") ? "s3:GetObjectVersion" : "s3:GetObject",
      context.arnOf(`${request.bucket}/${request.key}`),
    );
    const object = find(request);
    const headers = describe(object, request);
    const match = request.header("if-match");
    const noneMatch = request.header("if-none-match");
    const since = request.header("if-modified-since");
    if (match !== undefined && !sameTag(match, object.etag)) throw s3Errors.preconditionFailed();
    const unchanged =
      noneMatch === undefined
        ? since !== undefined && Math.floor(object.modified / 1000) * 1000 <= Date.parse(since)
        : sameTag(noneMatch, object.etag);
    if (unchanged) return emptyAnswer(304, headers);
    const range = rangeOf(request, object.size);
    const length = range ? range.end - range.start + 1 : object.size;
    const more = {
      ...headers,
      "content-length": String(length),
      ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${object.size}` } : {}),
    };
    const status = range ? 206 : 200;
    if (!withBody) return { status, headers: more, body: undefined };
    // Opened in the tick that read the row: a put that comes between would change the bytes under it.
    const fd = object.size === 0 ? undefined : openSync(store.folder.at(object.file), "r");
    return {
      status,
      headers: more,
      body: fd === undefined ? undefined : createReadStream("", { fd, ...range }),
    };
  };

  const removeOne = (request: S3Request, key: string, version: string | undefined) =>
    locked(`${request.bucket}/${key}`, async () => {
      const bucket = context.bucket(request.bucket);
      const object = store.get(request.bucket, key, version);
      if (version === undefined && bucket.versioning !== "") {
        const marker: StoredObject = {
          bucket: bucket.name,
          key,
          version: newVersion(bucket),
          marker: true,
          file: "",
          size: 0,
          etag: "",
          modified: now(),
          headers: {},
          tags: {},
        };
        store.mark(marker);
        await tell("ObjectRemoved:DeleteMarkerCreated", marker);
        return marker;
      }
      if (object) {
        store.remove(object);
        await tell("ObjectRemoved:Delete", object);
      }
      return object;
    });

  return {
    settle,
    find,
    put: async (request: S3Request, body: Readable): Promise<Answer> => {
      request.call.authorize("s3:PutObject", context.arnOf(`${request.bucket}/${request.key}`));
      context.bucket(request.bucket);
      checkKey(request.key);
      const incoming = store.folder.incoming(randomUUID());
      const { size, md5, checksums } = await receive(request.call, body, incoming);
      const object = await settle(request, "ObjectCreated:Put", {
        incoming,
        size,
        etag: `"${md5.toString("hex")}"`,
        headers: { ...keptHeaders(request.call), ...checksums },
        tags: readTags(request),
      });
      return emptyAnswer(200, { etag: object.etag, ...checksums, ...versionHeader(object) });
    },
    copy: async (request: S3Request): Promise<Answer> => {
      const [path = "", search = ""] = (request.header("x-amz-copy-source") ?? "")
        .replace(/^\//, "")
        .split("?versionId=");
      const slash = path.indexOf("/");
      const source: S3Request = {
        ...request,
        bucket: path.slice(0, slash),
        key: decodeURIComponent(path.slice(slash + 1)),
        query: new URLSearchParams(search ? { versionId: search } : {}),
      };
      request.call.authorize("s3:GetObject", context.arnOf(`${source.bucket}/${source.key}`));
      request.call.authorize("s3:PutObject", context.arnOf(`${request.bucket}/${request.key}`));
      context.bucket(request.bucket);
      checkKey(request.key);
      const incoming = store.folder.incoming(randomUUID());
      const original = await locked(`${source.bucket}/${source.key}`, async () => {
        const found = find(source);
        await copyFile(store.folder.at(found.file), incoming);
        return found;
      });
      const wanted = request.header("x-amz-copy-source-if-match");
      if (wanted !== undefined && !sameTag(wanted, original.etag)) throw s3Errors.preconditionFailed();
      const replaces = request.header("x-amz-metadata-directive") === "REPLACE";
      const object = await settle(request, "ObjectCreated:Copy", {
        incoming,
        size: original.size,
        etag: original.etag,
        headers: replaces ? keptHeaders(request.call) : original.headers,
        tags: request.header("x-amz-tagging-directive") === "REPLACE" ? readTags(request) : original.tags,
      });
      return xmlAnswer(
        "CopyObjectResult",
        element("ETag", object.etag) + element("LastModified", new Date(object.modified).toISOString()),
        versionHeader(object),
      );
    },
    get: (request: S3Request) => read(request, true),
    head: (request: S3Request) => read(request, false),
    remove: async (request: S3Request): Promise<Answer> => {
      const version = request.query.get("versionId") ?? undefined;
      request.call.authorize(
        version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
        context.arnOf(`${request.bucket}/${request.key}`),
      );
      context.bucket(request.bucket);
      const removed = await removeOne(request, request.key, version);
      return emptyAnswer(204, {
        ...(removed ? versionHeader(removed) : {}),
        ...(removed?.marker ? { "x-amz-delete-marker": "true" } : {}),
      });
    },
    /** One of DeleteObjects' keys. */
    removeListed: async (request: S3Request, key: string, version: string | undefined) => {
      request.call.authorize(
        version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
        context.arnOf(`${request.bucket}/${key}`),
      );
      return removeOne(request, key, version);
    },
    refuse: (what: string): never => {
      throw new AwsError("NotImplemented", `${what} is not implemented by the local platform.`, {
        status: 501,
      });
    },
  };
};
export type Objects = ReturnType<typeof makeObjects>;
