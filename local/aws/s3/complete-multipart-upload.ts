import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { keyText, xmlAnswer } from "./answers.ts";
import { type Measured, readText, receive, writeMeasured } from "./body.ts";
import {
  type Algorithm,
  type Checksum,
  checksumElement,
  checksumHeader,
  compositeOf,
  isChecksum,
} from "./checksums.ts";
import { completedParts } from "./completed-parts.ts";
import { checkCompletion } from "./conditions.ts";
import { checksumInHeaders } from "./declared.ts";
import { s3Error, s3Errors } from "./errors.ts";
import { newVersionHeaders } from "./find-object.ts";
import { placeObject } from "./place-object.ts";
import type { S3Request } from "./request.ts";
import { currentObject, type S3 } from "./s3.ts";
import type { ObjectPart, Part, Upload } from "./stored.ts";
import { findUpload } from "./uploads.ts";

const checkHeaders = (request: S3Request, upload: Upload, size: number): void => {
  const type = request.header("x-amz-checksum-type");
  if (type !== undefined && type !== upload.checksum?.type) {
    throw s3Errors.invalidRequest(
      `The upload was created using the ${upload.checksum?.type ?? "null"} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const declaredSize = request.header("x-amz-mp-object-size");
  if (declaredSize !== undefined && Number(declaredSize) !== size) {
    throw s3Errors.invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${declaredSize} does not match what was computed: ${size}`,
    );
  }
};

/** The checksum that the caller expects of the whole object must be the one that results from the parts. */
const checkExpected = (request: S3Request, { algorithm, value }: Checksum): void => {
  const given = checksumInHeaders(request.call);
  if (!given) return;
  const [base = "", count] = given.value.split("-");
  if (!isChecksum(given.algorithm, base) || (count !== undefined && !/^\d+$/.test(count))) {
    throw s3Errors.invalidRequest(`Value for ${checksumHeader(given.algorithm)} header is invalid.`);
  }
  const isSame =
    given.algorithm === algorithm && (given.value === value || given.value === value.replace(/-\d+$/, ""));
  if (isSame) return;
  throw s3Error(
    400,
    "BadDigest",
    `The ${given.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
};

/** Of the parts' checksums, or of all bytes as they were put together. */
const checksumOf = (
  { checksum }: Upload,
  parts: readonly Part[],
  whole: { algorithm: Algorithm; value: string },
): Checksum =>
  checksum?.type === "COMPOSITE"
    ? {
        ...checksum,
        value: compositeOf(
          checksum.algorithm,
          parts.map((part) => part.checksum ?? ""),
        ),
      }
    : { ...whole, type: "FULL_OBJECT" };

const toObjectPart = ({ size, checksum }: Part, index: number): ObjectPart => ({
  number: index + 1,
  size,
  ...(checksum === undefined ? {} : { checksum }),
});

export const completeMultipartUpload = async (
  s3: S3,
  request: S3Request,
  body: Readable,
): Promise<Answer> => {
  const { call, bucket, key } = request;
  s3.authorizeObject(request, "PutObject");
  findUpload(s3, request);
  // The checksum headers describe the object, not the request's document, which lists its parts.
  const xml = await readText(body, { headers: withoutChecksums(call.headers) });
  return s3.lockUpload(request.query.get("uploadId") ?? "", async () => {
    const upload = findUpload(s3, request);
    const parts = completedParts(xml, upload, s3.uploads.parts(upload.id));
    checkHeaders(
      request,
      upload,
      parts.reduce((size, part) => size + part.size, 0),
    );
    checkCompletion(request, currentObject(s3, bucket, key), upload);
    const files = parts.map(({ number }) => s3.files.part(upload.id, number));
    async function* bytes() {
      for (const file of files) yield* s3.files.read(file);
    }
    const whole = upload.checksum?.algorithm ?? "CRC64NVME";
    const settle = async (incoming: string, { size, checksum: measured }: Measured) => {
      const checksum = checksumOf(upload, parts, measured);
      checkExpected(request, checksum);
      const digest = createHash("md5")
        .update(Buffer.from(parts.map(({ etag }) => etag).join(""), "hex"))
        .digest("hex");
      const { headers, tags, lock } = upload;
      const etag = `"${digest}-${parts.length}"`;
      const arrival = { size, etag, headers, tags, checksum, parts: parts.map(toObjectPart), lock };
      const event = "ObjectCreated:CompleteMultipartUpload";
      return placeObject(s3, request, event, incoming, arrival, (current) =>
        checkCompletion(request, current, s3.uploads.get(upload.id) ?? upload),
      );
    };
    const object = await receive(
      s3.files,
      (into) => writeMeasured({ headers: {} }, bytes(), into, whole),
      settle,
    );
    s3.uploads.remove(upload.id);
    const { checksum } = object;
    return xmlAnswer(
      "CompleteMultipartUploadResult",
      element("Location", `${call.origin}/${bucket}/${keyText(key, true).replaceAll("+", "%20")}`) +
        element("Bucket", bucket) +
        element("Key", key) +
        element("ETag", object.etag) +
        (checksum
          ? element(checksumElement(checksum.algorithm), checksum.value) +
            element("ChecksumType", checksum.type)
          : ""),
      newVersionHeaders(object),
    );
  });
};

const withoutChecksums = (headers: S3Request["call"]["headers"]): S3Request["call"]["headers"] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
