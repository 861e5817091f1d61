import { s3Error, s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { ObjectPart, StoredObject } from "./stored.ts";

type Range = { start: number; end: number };
/** The requested part of an object; undefined is the whole. */
export type Slice = Range & { part?: ObjectPart };

/** A malformed range is ignored; one after the end is refused. */
const rangeOf = (header: string, size: number): Range | undefined => {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === "") {
    if (to === "") return undefined;
    if (Number(to) === 0 || size === 0) throw s3Errors.invalidRange(header, size);
    return { start: Math.max(size - Number(to), 0), end: size - 1 };
  }
  const start = Number(from);
  if (to !== "" && Number(to) < start) return undefined;
  if (start >= size) throw s3Errors.invalidRange(header, size);
  return { start, end: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
};

/** One of the parts of an object that was uploaded in parts; an object that was put whole has one. */
const partOf = (object: StoredObject, text: string): Slice | undefined => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 10_000) {
    throw s3Errors.invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      text,
    );
  }
  const parts = object.parts ?? [{ number: 1, size: object.size }];
  const part = parts[number - 1];
  if (!part) {
    throw s3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", {
      ActualPartCount: parts.length,
      PartNumberRequested: number,
    });
  }
  if (part.size === 0) return undefined;
  const start = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size - 1, part };
};

export const sliceOf = (request: S3Request, object: StoredObject): Slice | undefined => {
  const range = request.header("range");
  const part = request.query.get("partNumber");
  if (part === null) return range === undefined ? undefined : rangeOf(range, object.size);
  if (range !== undefined) {
    throw s3Errors.invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  return partOf(object, part);
};
