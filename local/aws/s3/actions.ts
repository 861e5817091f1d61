import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { abortMultipartUpload } from "./abort-multipart-upload.ts";
import { completeMultipartUpload } from "./complete-multipart-upload.ts";
import { copyObject } from "./copy-object.ts";
import { createBucket } from "./create-bucket.ts";
import { createMultipartUpload } from "./create-multipart-upload.ts";
import { deleteBucket } from "./delete-bucket.ts";
import { deleteObject } from "./delete-object.ts";
import { deleteObjectTagging } from "./delete-object-tagging.ts";
import { deleteObjects } from "./delete-objects.ts";
import { getBucketLocation } from "./get-bucket-location.ts";
import { getBucketVersioning } from "./get-bucket-versioning.ts";
import { getObject } from "./get-object.ts";
import { getObjectAttributes } from "./get-object-attributes.ts";
import { getObjectLegalHold } from "./get-object-legal-hold.ts";
import { getObjectLockConfiguration } from "./get-object-lock-configuration.ts";
import { getObjectRetention } from "./get-object-retention.ts";
import { getObjectTagging } from "./get-object-tagging.ts";
import { headBucket } from "./head-bucket.ts";
import { headObject } from "./head-object.ts";
import { listMultipartUploads } from "./list-multipart-uploads.ts";
import { listObjectVersions } from "./list-object-versions.ts";
import { listObjects } from "./list-objects.ts";
import { listObjectsV2 } from "./list-objects-v2.ts";
import { listParts } from "./list-parts.ts";
import { putBucketVersioning } from "./put-bucket-versioning.ts";
import { putObject } from "./put-object.ts";
import { putObjectLegalHold } from "./put-object-legal-hold.ts";
import { putObjectLockConfiguration } from "./put-object-lock-configuration.ts";
import { putObjectRetention } from "./put-object-retention.ts";
import { putObjectTagging } from "./put-object-tagging.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { uploadPart } from "./upload-part.ts";
import { uploadPartCopy } from "./upload-part-copy.ts";

export type Action = (s3: S3, request: S3Request, body: Readable) => Answer | Promise<Answer>;

/** By method and sub-resource. */
type Actions = Readonly<Record<string, Action>>;

export const BUCKET_ACTIONS: Actions = {
  "PUT ": createBucket,
  "DELETE ": deleteBucket,
  "HEAD ": headBucket,
  "GET ": listObjects,
  "GET list-type": listObjectsV2,
  "GET versions": listObjectVersions,
  "GET uploads": listMultipartUploads,
  "GET location": getBucketLocation,
  "GET versioning": getBucketVersioning,
  "PUT versioning": putBucketVersioning,
  "GET object-lock": getObjectLockConfiguration,
  "PUT object-lock": putObjectLockConfiguration,
  "POST delete": deleteObjects,
};

export const OBJECT_ACTIONS: Actions = {
  "PUT ": putObject,
  "PUT  copy": copyObject,
  "GET ": getObject,
  "HEAD ": headObject,
  "DELETE ": deleteObject,
  "GET attributes": getObjectAttributes,
  "GET tagging": getObjectTagging,
  "PUT tagging": putObjectTagging,
  "DELETE tagging": deleteObjectTagging,
  "GET retention": getObjectRetention,
  "PUT retention": putObjectRetention,
  "GET legal-hold": getObjectLegalHold,
  "PUT legal-hold": putObjectLegalHold,
  "POST uploads": createMultipartUpload,
  "PUT uploadId": uploadPart,
  "PUT uploadId copy": uploadPartCopy,
  "POST uploadId": completeMultipartUpload,
  "DELETE uploadId": abortMultipartUpload,
  "GET uploadId": listParts,
};
