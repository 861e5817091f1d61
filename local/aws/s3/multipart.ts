import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../port/errors.ts";
import type { Answer } from "../port/service.ts";
import { element, elementsIn, textIn, wrap } from "../port/xml.ts";
import { readText, receive } from "./body.ts";
import { checkKey } from "./files.ts";
import type { Objects, ObjectsContext } from "./objects.ts";
import { emptyAnswer, keptHeaders, keyText, type S3Request, s3Errors, xmlAnswer } from "./request.ts";
import type { Part, Upload } from "./store.ts";

const PART_BYTES_MIN = 5 * 1024 * 1024;

/** Uploads in parts. A part is a file of its own until the upload is completed. */
export const makeMultipart = ({ store, bucket, arnOf, now }: ObjectsContext, objects: Objects) => {
  const fileOf = (upload: string, number: number) => store.folder.at(join("parts", upload, String(number)));

  const authorize = (request: S3Request, action: string) => {
    request.call.authorize(`s3:${action}`, arnOf(`${request.bucket}/${request.key}`));
    bucket(request.bucket);
  };
  const open = (request: S3Request): Upload => {
    const upload = store.uploads.get(request.query.get("uploadId") ?? "");
    if (!upload || upload.bucket !== request.bucket || upload.key !== request.key)
      throw s3Errors.noSuchUpload();
    return upload;
  };
  const forget = (id: string) => {
    store.uploads.remove(id);
    rmSync(store.folder.at(join("parts", id)), { recursive: true, force: true });
  };

  const chosenParts = (xml: string, stored: Part[]): Part[] => {
    const chosen = elementsIn(xml, "Part").map((part) => ({
      number: Number(textIn(part, "PartNumber")),
      etag: (textIn(part, "ETag") ?? "").replaceAll('"', ""),
    }));
    if (chosen.length === 0) throw new AwsError("MalformedXML", "The XML you provided was not well-formed");
    return chosen.map(({ number, etag }, index) => {
      const part = stored.find((one) => one.number === number && one.etag === etag);
      if (!part) throw new AwsError("InvalidPart", "One or more of the specified parts could not be found.");
      if (index > 0 && number <= (chosen[index - 1]?.number ?? 0)) {
        throw new AwsError("InvalidPartOrder", "The list of parts was not in ascending order.");
      }
      if (index < chosen.length - 1 && part.size < PART_BYTES_MIN) {
        throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
      }
      return part;
    });
  };

  return {
    create: (request: S3Request): Answer => {
      authorize(request, "PutObject");
      checkKey(request.key);
      const id = randomUUID().replaceAll("-", "");
      mkdirSync(store.folder.at(join("parts", id)), { recursive: true });
      store.uploads.add({
        id,
        bucket: request.bucket,
        key: request.key,
        headers: keptHeaders(request.call),
        created: now(),
      });
      return xmlAnswer(
        "InitiateMultipartUploadResult",
        element("Bucket", request.bucket) + element("Key", request.key) + element("UploadId", id),
      );
    },
    put: async (request: S3Request, body: Readable): Promise<Answer> => {
      authorize(request, "PutObject");
      const upload = open(request);
      const number = Number(request.query.get("partNumber"));
      if (!Number.isInteger(number) || number < 1 || number > 10_000) {
        throw new AwsError(
          "InvalidArgument",
          "Part number must be an integer between 1 and 10000, inclusive",
        );
      }
      const { size, md5, checksums } = await receive(request.call, body, fileOf(upload.id, number));
      store.uploads.savePart(upload.id, { number, etag: md5.toString("hex"), size });
      return emptyAnswer(200, { etag: `"${md5.toString("hex")}"`, ...checksums });
    },
    complete: async (request: S3Request, body: Readable): Promise<Answer> => {
      authorize(request, "PutObject");
      const upload = open(request);
      const parts = chosenParts(await readText(body, request.call), store.uploads.parts(upload.id));
      const incoming = store.folder.incoming(randomUUID());
      await pipeline(async function* () {
        for (const { number } of parts) yield* createReadStream(fileOf(upload.id, number));
      }, createWriteStream(incoming));
      const digest = createHash("md5")
        .update(Buffer.from(parts.map(({ etag }) => etag).join(""), "hex"))
        .digest("hex");
      const object = await objects.settle(request, "ObjectCreated:CompleteMultipartUpload", {
        incoming,
        size: parts.reduce((size, part) => size + part.size, 0),
        etag: `"${digest}-${parts.length}"`,
        headers: upload.headers,
        tags: {},
      });
      forget(upload.id);
      return xmlAnswer(
        "CompleteMultipartUploadResult",
        element("Location", `${request.call.origin}/${request.bucket}/${keyText(request.key, true)}`) +
          element("Bucket", request.bucket) +
          element("Key", request.key) +
          element("ETag", object.etag),
      );
    },
    abort: (request: S3Request): Answer => {
      authorize(request, "AbortMultipartUpload");
      forget(open(request).id);
      return emptyAnswer(204);
    },
    listParts: (request: S3Request): Answer => {
      authorize(request, "ListMultipartUploadParts");
      const upload = open(request);
      const parts = store.uploads
        .parts(upload.id)
        .map((part) =>
          wrap(
            "Part",
            element("PartNumber", part.number) +
              element("ETag", `"${part.etag}"`) +
              element("Size", part.size),
          ),
        );
      return xmlAnswer(
        "ListPartsResult",
        element("Bucket", upload.bucket) +
          element("Key", upload.key) +
          element("UploadId", upload.id) +
          element("IsTruncated", false) +
          parts.join(""),
      );
    },
    list: (request: S3Request): Answer => {
      request.call.authorize("s3:ListBucketMultipartUploads", arnOf(request.bucket));
      const uploads = store.uploads
        .of(bucket(request.bucket).name)
        .map(({ key, id, created }) =>
          wrap(
            "Upload",
            element("Key", key) +
              element("UploadId", id) +
              element("Initiated", new Date(created).toISOString()),
          ),
        );
      return xmlAnswer(
        "ListMultipartUploadsResult",
        element("Bucket", request.bucket) + element("IsTruncated", false) + uploads.join(""),
      );
    },
  };
};
