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
import { behindMarker } from "./object-pages.ts";
import { readPage } from "./pages.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { ListedUpload } from "./stored.ts";
import type { UploadPlace } from "./upload-store.ts";

/** Starts after one upload of a key; an upload's id without a key is ignored. */
const startOf = (s3: S3, bucket: string, query: URLSearchParams, parameters: ListParameters): UploadPlace => {
  const key = query.get("key-marker") ?? "";
  const id = query.get("upload-id-marker") ?? "";
  if (key === "" || id === "") return behindMarker(key, parameters);
  const upload = s3.uploads.get(id);
  if (!upload || upload.bucket !== bucket || upload.key !== key) {
    throw s3Errors.invalidArgument("Invalid uploadId marker", "upload-id-marker", id);
  }
  return { after: key, place: upload.place };
};

const uploadElement = (upload: ListedUpload, parameters: ListParameters, account: string): string =>
  wrap(
    "Upload",
    keyElement("Key", upload.key, parameters) +
      element("UploadId", upload.id) +
      ownerElement("Initiator", account) +
      ownerElement("Owner", account) +
      element("StorageClass", upload.headers["x-amz-storage-class"] ?? "STANDARD") +
      timeElement("Initiated", upload.created) +
      element("ChecksumAlgorithm", upload.checksum?.algorithm) +
      element("ChecksumType", upload.checksum?.type),
  );

export const listMultipartUploads = (s3: S3, request: S3Request): Answer => {
  const { query } = request;
  const { name } = s3.authorizeBucket(request, "ListBucketMultipartUploads");
  const parameters = listParameters(query, "max-uploads");
  const { entries, prefixes, truncated } = readPage<ListedUpload, UploadPlace>(
    parameters,
    startOf(s3, name, query, parameters),
    ({ key, place }) => ({ after: key, place }),
    (place, limit) => s3.uploads.list(name, parameters.prefix, place, limit),
  );
  // S3 names the last upload on the last page too, and never a prefix.
  const last = entries.at(-1);
  return xmlAnswer(
    "ListMultipartUploadsResult",
    element("Bucket", name) +
      keyElement("KeyMarker", query.get("key-marker") ?? "", parameters) +
      element("UploadIdMarker", query.get("key-marker") ? (query.get("upload-id-marker") ?? "") : "") +
      keyElement("NextKeyMarker", last?.key ?? "", parameters) +
      element("NextUploadIdMarker", last?.id ?? "") +
      (parameters.prefix === "" ? "" : keyElement("Prefix", parameters.prefix, parameters)) +
      delimiterElement(parameters) +
      encodingElement(parameters) +
      element("MaxUploads", parameters.max) +
      element("IsTruncated", truncated) +
      entries.map((upload) => uploadElement(upload, parameters, s3.arns.account)).join("") +
      prefixElements(prefixes, parameters),
  );
};
