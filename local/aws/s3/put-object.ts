import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { receive, writeMeasured } from "./body.ts";
import { type Checksum, checksumHeaders } from "./checksums.ts";
import { checkWrite } from "./conditions.ts";
import { newVersionHeaders } from "./find-object.ts";
import { lockAskedFor } from "./object-lock.ts";
import { placeObject } from "./place-object.ts";
import { keptHeaders, type S3Request } from "./request.ts";
import { currentObject, type S3 } from "./s3.ts";
import { tagsInHeader } from "./tags.ts";

export const putObject = (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  const { call, bucket, key } = request;
  s3.authorizeObject(request, "PutObject");
  s3.bucket(bucket);
  const tags = tagsInHeader(request);
  if (Object.keys(tags).length > 0) s3.authorizeObject(request, "PutObjectTagging");
  const lock = lockAskedFor(s3, request);
  checkWrite(request, currentObject(s3, bucket, key));
  return receive(
    s3.files,
    (into) => writeMeasured(call, body, into, "CRC64NVME"),
    async (incoming, { size, md5, checksum: measured }) => {
      const checksum: Checksum = { ...measured, type: "FULL_OBJECT" };
      const arrival = { size, etag: `"${md5}"`, headers: keptHeaders(call), tags, checksum, lock };
      const object = await placeObject(s3, request, "ObjectCreated:Put", incoming, arrival, (current) =>
        checkWrite(request, current),
      );
      return emptyAnswer(200, {
        etag: object.etag,
        ...checksumHeaders(checksum),
        ...newVersionHeaders(object),
      });
    },
  );
};
