import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type DeleteMarkerEntry,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { type BucketModel, keyFault, type Listing } from "./bucket-model.ts";

/** Keys that collide, that no file system can name, that would leave the bucket, or that are too long. */
const KEYS = [
  "a",
  "a/b",
  "a/b/c",
  "a//b",
  "a/",
  "/a",
  "A",
  ".",
  "x/.",
  "x/../y",
  "..x",
  "🎉",
  "ﬀ/ü",
  "b c+d%20&<é>",
  "back\\slash",
  "long/".repeat(60),
  "n".repeat(300),
  "n".repeat(1024),
  "n".repeat(1025),
  "../x",
  "x/../../y",
  "../../objects.sqlite",
];

const key = fc.constantFrom(...KEYS);
const place = fc.nat({ max: 4 });
const body = fc.string({ maxLength: 20 });
const condition = fc.constantFrom("none", "none", "none", "absent", "same", "other");

export const bucketAction = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("put" as const), key, body, condition }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("get" as const), key, place }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("delete" as const), key, condition }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("delete version" as const), key, place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("delete many" as const),
      keys: fc.uniqueArray(key, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("versioning" as const),
      status: fc.constantFrom("Enabled" as const, "Suspended" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("copy" as const), key, to: key, place }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("upload" as const), key, body, completes: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("list" as const),
      prefix: fc.constantFrom("", "a", "a/", "x/", "🎉", "n"),
      delimiter: fc.constantFrom("", "/", "b"),
      max: fc.integer({ min: 1, max: 4 }),
    }),
  },
);
export type BucketAction = typeof bucketAction extends fc.Arbitrary<infer T> ? T : never;
type Of<Type extends BucketAction["type"]> = Extract<BucketAction, { type: Type }>;

const codeOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));
const attempt = async <T>(call: Promise<T>): Promise<{ outcome: string; answer?: T }> => {
  try {
    return { outcome: "done", answer: await call };
  } catch (error) {
    return { outcome: codeOf(error) };
  }
};

const etagOf = (text: string): string => `"${createHash("md5").update(text).digest("hex")}"`;
const OTHER_TAG = etagOf("something that no object is");

/** Does one action on the port's bucket and on the model; `[what the port did, what the model says]`. */
export const performOn = (s3: S3Client, Bucket: string, model: BucketModel) => {
  /** One of the key's ids, or the null version's. */
  const idAt = (Key: string, at: number): string => model.ids(Key)[at] ?? "null";

  const conditions = (kind: string, Key: string) => {
    const current = model.current(Key);
    if (kind === "absent") return { IfNoneMatch: "*" };
    if (kind === "same") return { IfMatch: etagOf(current?.body ?? "") };
    return kind === "other" ? { IfMatch: OTHER_TAG } : {};
  };
  const conditionFault = (kind: string, Key: string): string | undefined => {
    const current = model.current(Key);
    if (kind === "absent") return current ? "PreconditionFailed" : undefined;
    if (kind === "none") return undefined;
    if (!current) return "NoSuchKey";
    return kind === "other" ? "PreconditionFailed" : undefined;
  };

  const put = async (action: Of<"put">) => {
    const { key: Key, body } = action;
    const Body = Buffer.from(body);
    const wanted = keyFault(Key) ?? conditionFault(action.condition, Key) ?? "done";
    const { outcome, answer } = await attempt(
      s3.send(new PutObjectCommand({ Bucket, Key, Body, ...conditions(action.condition, Key) })),
    );
    if (answer) model.put(Key, body, answer.VersionId);
    return [outcome, wanted];
  };

  const get = async (action: Of<"get">) => {
    const { key: Key } = action;
    const read = async (VersionId?: string) => {
      const { outcome, answer } = await attempt(s3.send(new GetObjectCommand({ Bucket, Key, VersionId })));
      return answer ? ((await answer.Body?.transformToString()) ?? "") : outcome;
    };
    const id = idAt(Key, action.place);
    const version = model.version(Key, id);
    const fault = keyFault(Key);
    return [
      [await read(), await read(id)],
      [
        fault ?? model.current(Key)?.body ?? "NoSuchKey",
        fault ??
          (version === undefined ? "NoSuchVersion" : version.marker ? "MethodNotAllowed" : version.body),
      ],
    ];
  };

  const remove = async (action: Of<"delete">) => {
    const { key: Key } = action;
    const kind = action.condition === "absent" ? "none" : action.condition;
    const wanted = keyFault(Key) ?? conditionFault(kind, Key) ?? "done";
    const { outcome, answer } = await attempt(
      s3.send(new DeleteObjectCommand({ Bucket, Key, ...conditions(kind, Key) })),
    );
    if (answer) model.removeCurrent(Key, answer.VersionId);
    return [outcome, wanted];
  };

  const removeVersion = async (action: Of<"delete version">) => {
    const { key: Key } = action;
    const VersionId = idAt(Key, action.place);
    const wasMarker = model.version(Key, VersionId)?.marker ?? false;
    const fault = keyFault(Key);
    const { outcome, answer } = await attempt(s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })));
    if (answer) model.removeVersion(Key, VersionId);
    return [
      [outcome, answer?.DeleteMarker ?? false],
      [fault ?? "done", fault === undefined && wasMarker],
    ];
  };

  const removeMany = async ({ keys }: Of<"delete many">) => {
    const { Deleted = [], Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
    );
    for (const { Key = "", DeleteMarkerVersionId } of Deleted)
      model.removeCurrent(Key, DeleteMarkerVersionId);
    return [
      [Deleted.map(({ Key }) => Key), Errors],
      [keys, []],
    ];
  };

  const copy = async (action: Of<"copy">) => {
    const { key: from, to: Key } = action;
    const source = model.current(from);
    const CopySource = `${Bucket}/${from.split("/").map(encodeURIComponent).join("/")}`;
    const { outcome, answer } = await attempt(
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, MetadataDirective: "REPLACE" })),
    );
    const wanted = keyFault(Key) ?? (source ? "done" : "NoSuchKey");
    if (answer && source) model.put(Key, source.body, answer.VersionId);
    return [outcome, wanted];
  };

  const upload = async ({ key: Key, body, completes }: Of<"upload">) => {
    const Body = Buffer.from(body);
    const begun = await attempt(s3.send(new CreateMultipartUploadCommand({ Bucket, Key })));
    const UploadId = begun.answer?.UploadId;
    if (UploadId === undefined) return [begun.outcome, keyFault(Key)];
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body }));
    if (!completes) {
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      return ["given up", "given up"];
    }
    const { VersionId } = await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    // Its tag is not the digest of its bytes, so a put of the same bytes makes the model's tag right again.
    model.put(Key, body, VersionId);
    const again = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    model.put(Key, body, again.VersionId);
    return ["done", "done"];
  };

  const list = async ({ prefix: Prefix, delimiter: Delimiter, max: MaxKeys }: Of<"list">) => {
    const objects: Listing = { entries: [], prefixes: [] };
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket, Prefix, Delimiter, MaxKeys, ContinuationToken }),
      );
      objects.entries.push(...(page.Contents ?? []).map((one) => one.Key ?? ""));
      objects.prefixes.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ""));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return [objects, model.list(Prefix, Delimiter)];
  };

  /** Versions and delete markers come apart from each other, so their order is compared for each alone. */
  const listVersions = async ({ prefix: Prefix, delimiter: Delimiter, max: MaxKeys }: Of<"list">) => {
    const versions: string[] = [];
    const markers: string[] = [];
    const prefixes: string[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    for (let more = true; more; ) {
      const page: ListObjectVersionsCommandOutput = await s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix, Delimiter, MaxKeys, KeyMarker, VersionIdMarker }),
      );
      const line = (one: Pick<DeleteMarkerEntry, "Key" | "VersionId" | "IsLatest">, marker: boolean) =>
        JSON.stringify([one.Key, one.VersionId, marker, one.IsLatest]);
      versions.push(...(page.Versions ?? []).map((one) => line(one, false)));
      markers.push(...(page.DeleteMarkers ?? []).map((one) => line(one, true)));
      prefixes.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ""));
      more = page.IsTruncated ?? false;
      KeyMarker = page.NextKeyMarker;
      VersionIdMarker = page.NextVersionIdMarker;
    }
    const wanted = model.listVersions(Prefix, Delimiter);
    const isMarker = (text: string) => JSON.parse(text)[2] === true;
    return [
      [versions, markers, prefixes],
      [wanted.entries.filter((text) => !isMarker(text)), wanted.entries.filter(isMarker), wanted.prefixes],
    ];
  };

  return async (action: BucketAction): Promise<unknown[]> => {
    switch (action.type) {
      case "put":
        return put(action);
      case "get":
        return get(action);
      case "delete":
        return remove(action);
      case "delete version":
        return removeVersion(action);
      case "delete many":
        return removeMany(action);
      case "copy":
        return copy(action);
      case "upload":
        return upload(action);
      case "versioning":
        await s3.send(
          new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: action.status } }),
        );
        model.versioning = action.status;
        return ["done", "done"];
      default: {
        const [objects, wantedObjects] = await list(action);
        const [versions, wantedVersions] = await listVersions(action);
        return [
          [objects, versions],
          [wantedObjects, wantedVersions],
        ];
      }
    }
  };
};
