import { elementsIn, textIn } from "../port/xml.ts";
import { ALGORITHMS, checksumElement, isChecksum } from "./checksums.ts";
import { s3Error, s3Errors } from "./errors.ts";
import type { Part, Upload } from "./stored.ts";

const PART_BYTES_MIN = 5 * 1024 * 1024;
const PARTS_MAX = 10_000;

type Listed = { number: number; etag: string; checksum: string | undefined; otherChecksum: boolean };

/** The checksum that a part is listed with. One of another algorithm than the upload's counts as wrong. */
const listedChecksum = (xml: string, upload: Upload): Pick<Listed, "checksum" | "otherChecksum"> => {
  const given = ALGORITHMS.flatMap((algorithm) => {
    const value = textIn(xml, checksumElement(algorithm));
    return value === undefined ? [] : [{ algorithm, value }];
  });
  const [one] = given;
  if (given.length > 1 || (one && !isChecksum(one.algorithm, one.value))) {
    const checksums = given.map(({ algorithm, value }) => `${algorithm}:${value};`).join("");
    throw s3Errors.invalidArgument(
      "Invalid Base64 or multiple checksums present in request",
      "Checksum",
      checksums,
    );
  }
  const isOwn = one !== undefined && one.algorithm === upload.checksum?.algorithm;
  return { checksum: isOwn ? one.value : undefined, otherChecksum: one !== undefined && !isOwn };
};

const listedParts = (xml: string, upload: Upload): Listed[] => {
  const parts = elementsIn(xml, "Part").map((part): Listed => {
    const number = Number(textIn(part, "PartNumber") ?? "");
    const etag = textIn(part, "ETag");
    if (!Number.isInteger(number) || number < 1 || etag === undefined) throw s3Errors.malformedXml();
    return { number, etag: etag.replaceAll('"', ""), ...listedChecksum(part, upload) };
  });
  if (parts.length === 0) throw s3Errors.invalidRequest("You must specify at least one part");
  if (parts.length > PARTS_MAX) throw s3Errors.malformedXml();
  return parts;
};

const invalidPart = (upload: Upload, { number, etag }: Listed) =>
  s3Error(
    400,
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: upload.id, PartNumber: number, ETag: etag },
  );

const checkOrder = (listed: readonly Listed[]): void => {
  if (listed.some(({ number }, index) => index > 0 && number <= (listed[index - 1]?.number ?? 0))) {
    throw s3Error(
      400,
      "InvalidPartOrder",
      "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
    );
  }
};

const checkSizes = (parts: readonly Part[]): void => {
  const small = parts.slice(0, -1).find(({ size }) => size < PART_BYTES_MIN);
  if (!small) return;
  throw s3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    ProposedSize: small.size,
    MinSizeAllowed: PART_BYTES_MIN,
    PartNumber: small.number,
    ETag: small.etag,
  });
};

/** The parts that a completion lists. Throws unless each is stored as it is listed. */
export const completedParts = (xml: string, upload: Upload, stored: readonly Part[]): Part[] => {
  const listed = listedParts(xml, upload);
  checkOrder(listed);
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const composite = upload.checksum?.type === "COMPOSITE";
  const parts = listed.map((one) => {
    if (composite && one.checksum === undefined && !one.otherChecksum) {
      throw s3Errors.invalidRequest(
        `The upload was created using a ${upload.checksum?.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${one.number} in the request.`,
      );
    }
    const part = byNumber.get(one.number);
    const isSame =
      part?.etag === one.etag &&
      !one.otherChecksum &&
      (one.checksum === undefined || one.checksum === part.checksum);
    if (!part || !isSame) throw invalidPart(upload, one);
    return part;
  });
  checkSizes(parts);
  return parts;
};
