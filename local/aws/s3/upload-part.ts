import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { type Measured, receive, writeMeasured } from "./body.ts";
import { checksumHeader } from "./checksums.ts";
import { type Declared, declaredChecksum } from "./declared.ts";
import { s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { Part, Upload } from "./stored.ts";
import { findUpload, partNumberIn } from "./uploads.ts";

/** A part may leave out its checksum only where the upload has a checksum of the full object. */
const checkAlgorithm = ({ checksum }: Upload, declared: Declared | undefined): void => {
  if (!checksum || declared?.algorithm === checksum.algorithm) return;
  if (!declared && checksum.type === "FULL_OBJECT") return;
  const expected = checksum.algorithm.toLowerCase();
  const actual = declared?.algorithm.toLowerCase() ?? "null";
  throw s3Errors.invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
  );
};

/** Keeps a received file as a part, unless its upload has ended meanwhile. */
export const keepPart = (
  s3: S3,
  request: S3Request,
  incoming: string,
  { size, md5, checksum }: Measured,
): Promise<{ part: Part; upload: Upload }> =>
  s3.lockUpload(request.query.get("uploadId") ?? "", async () => {
    const upload = findUpload(s3, request);
    const part: Part = {
      number: partNumberIn(request),
      etag: md5,
      size,
      modified: s3.now(),
      ...(upload.checksum ? { checksum: checksum.value } : {}),
    };
    s3.uploads.savePart(upload.id, part, incoming);
    return { part, upload };
  });

export const uploadPart = (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  s3.authorizeObject(request, "PutObject");
  partNumberIn(request);
  const upload = findUpload(s3, request);
  const declared = declaredChecksum(request.call);
  checkAlgorithm(upload, declared);
  return receive(
    s3.files,
    (into) => writeMeasured(request.call, body, into, upload.checksum?.algorithm ?? "CRC32"),
    async (incoming, measured) => {
      const { part } = await keepPart(s3, request, incoming, measured);
      const { algorithm, value } = measured.checksum;
      return emptyAnswer(200, {
        etag: `"${part.etag}"`,
        ...(declared || upload.checksum ? { [checksumHeader(algorithm)]: value } : {}),
      });
    },
  );
};
