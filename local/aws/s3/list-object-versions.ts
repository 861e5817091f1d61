import type { Answer } from "../port/service.ts";
import { element, wrap } from "../port/xml.ts";
import { ownerElement, timeElement, xmlAnswer } from "./answers.ts";
import { s3Errors } from "./errors.ts";
import {
  delimiterElement,
  encodingElement,
  keyElement,
  type ListParameters,
  listParameters,
  prefixElements,
} from "./list-parameters.ts";
import { behindMarker, sizeElements } from "./object-pages.ts";
import type { Place } from "./object-store.ts";
import { readPage } from "./pages.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { type ListedVersion, versionIdOf } from "./stored.ts";
import { sequenceIn } from "./version-ids.ts";

/**
 * Starts after one version of a key, even if that version is gone; without a version id, after all versions of
 * the key.
 */
const startOf = (s3: S3, bucket: string, query: URLSearchParams, parameters: ListParameters): Place => {
  const key = query.get("key-marker") ?? "";
  const id = query.get("version-id-marker");
  if (id === null || id === "") return behindMarker(key, parameters);
  if (key === "") {
    throw s3Errors.invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      id,
    );
  }
  const sequence = s3.objects.get(bucket, key, id === "null" ? "" : id)?.sequence ?? sequenceIn(id);
  if (sequence !== undefined) return { after: key, sequence };
  if (id === "null") return { after: key };
  throw s3Errors.invalidArgument("Invalid version id specified", "version-id-marker", id);
};

const versionElement = (one: ListedVersion, parameters: ListParameters, owner: string): string =>
  wrap(
    one.marker ? "DeleteMarker" : "Version",
    keyElement("Key", one.key, parameters) +
      element("VersionId", versionIdOf(one)) +
      element("IsLatest", one.latest) +
      timeElement("LastModified", Math.floor(one.modified / 1_000) * 1_000) +
      (one.marker ? "" : sizeElements(one)) +
      owner,
  );

export const listObjectVersions = (s3: S3, request: S3Request): Answer => {
  const { query } = request;
  const { name } = s3.authorizeBucket(request, "ListBucketVersions");
  const parameters = listParameters(query, "max-keys");
  const { entries, prefixes, last, truncated } = readPage<ListedVersion, Place>(
    parameters,
    startOf(s3, name, query, parameters),
    ({ key, sequence }) => ({ after: key, sequence }),
    (place, limit) => s3.objects.versions(name, parameters.prefix, place, limit),
  );
  const owner = ownerElement("Owner", s3.arns.account);
  const next =
    !truncated || !last
      ? ""
      : "prefix" in last
        ? keyElement("NextKeyMarker", last.prefix, parameters)
        : keyElement("NextKeyMarker", last.entry.key, parameters) +
          element("NextVersionIdMarker", versionIdOf(last.entry));
  return xmlAnswer(
    "ListVersionsResult",
    element("Name", name) +
      keyElement("Prefix", parameters.prefix, parameters) +
      keyElement("KeyMarker", query.get("key-marker") ?? "", parameters) +
      element("VersionIdMarker", query.get("version-id-marker") ?? "") +
      next +
      element("MaxKeys", parameters.max) +
      delimiterElement(parameters) +
      encodingElement(parameters) +
      element("IsTruncated", truncated) +
      entries.map((one) => versionElement(one, parameters, owner)).join("") +
      prefixElements(prefixes, parameters),
  );
};
