import type { Readable } from "node:stream";
import { AwsError } from "../port/errors.ts";
import type { Answer } from "../port/service.ts";
import { element, elementsIn, textIn, wrap } from "../port/xml.ts";
import { xmlAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { declaredChecksum } from "./declared.ts";
import { s3Errors } from "./errors.ts";
import { bypassesGovernance } from "./object-lock.ts";
import { type Removed, removeVersion } from "./remove-version.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { sequenceIn } from "./version-ids.ts";

const KEYS_MAX = 1000;

type Wanted = { key: string; version: string | undefined; ifMatch: string | undefined };

const wantedIn = (xml: string): Wanted[] => {
  const wanted = elementsIn(xml, "Object").map((object) => ({
    key: textIn(object, "Key") ?? "",
    version: textIn(object, "VersionId"),
    ifMatch: textIn(object, "ETag"),
  }));
  if (wanted.length === 0 || wanted.length > KEYS_MAX || wanted.some(({ key }) => key === "")) {
    throw s3Errors.malformedXml();
  }
  return wanted;
};

const deleted = ({ key, version }: Wanted, removed: Removed): string =>
  wrap(
    "Deleted",
    element("Key", key) +
      element("VersionId", version) +
      (removed.marker
        ? element("DeleteMarker", true) + element("DeleteMarkerVersionId", version ?? removed.version)
        : ""),
  );

const failed = ({ key, version }: Wanted, error: unknown): string => {
  const code = error instanceof AwsError ? error.code : "InternalError";
  const message = error instanceof Error ? error.message : String(error);
  return wrap(
    "Error",
    element("Key", key) + element("VersionId", version) + element("Code", code) + element("Message", message),
  );
};

const removeListed = async (s3: S3, request: S3Request, wanted: Wanted): Promise<Removed> => {
  const { bucket } = request;
  const { key, version } = wanted;
  // DeleteObject calls an id that S3 never gave an invalid argument; DeleteObjects calls it a missing version.
  const isUnknown =
    version !== undefined &&
    version !== "null" &&
    sequenceIn(version) === undefined &&
    s3.objects.get(bucket, key, version) === undefined;
  if (isUnknown) throw s3Errors.noSuchVersion(key, version);
  return removeVersion(s3, request, wanted);
};

export const deleteObjects = async (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  s3.bucket(request.bucket);
  const { call } = request;
  if (call.headers["content-md5"] === undefined && !declaredChecksum(call)) {
    throw s3Errors.invalidRequest("Missing required header for this request: Content-MD5");
  }
  bypassesGovernance(s3, request);
  const xml = await readText(body, call);
  const quiet = textIn(xml, "Quiet") === "true";
  const results: string[] = [];
  for (const wanted of wantedIn(xml)) {
    try {
      const removed = await removeListed(s3, request, wanted);
      if (!quiet) results.push(deleted(wanted, removed));
    } catch (error) {
      results.push(failed(wanted, error));
    }
  }
  return xmlAnswer("DeleteResult", results.join(""));
};
