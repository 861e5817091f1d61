import type { Readable } from "node:stream";
import type { PortListeners } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import type { Answer, Call, RestService } from "../port/service.ts";
import { element, elementsIn, textIn, wrap } from "../port/xml.ts";
import { readText } from "./body.ts";
import { listObjects, listVersions } from "./listing.ts";
import { makeMultipart } from "./multipart.ts";
import { makeObjects } from "./objects.ts";
import { emptyAnswer, errorAnswer, readRequest, type S3Request, s3Errors, xmlAnswer } from "./request.ts";
import { type Bucket, openObjectStore } from "./store.ts";

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Sub-resources that are named in the query. What is in this list and not handled below is refused with
 * 501: taking `?acl` for the object itself would overwrite it with a policy.
 */
const SUB_RESOURCES = [
  "accelerate",
  "acl",
  "analytics",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "location",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versioning",
  "versions",
  "website",
];

export const openS3 = (
  root: string,
  arns: Arns,
  listeners: Pick<PortListeners, "onBucketChange">,
  now: () => number = Date.now,
) => {
  const store = openObjectStore(root);
  const buckets = new Map<string, Bucket>(store.buckets().map((bucket) => [bucket.name, bucket]));
  const bucketOf = (name: string): Bucket => {
    const bucket = buckets.get(name);
    if (!bucket) throw s3Errors.noSuchBucket();
    return bucket;
  };
  const context = { store, bucket: bucketOf, arnOf: arns.bucket, listeners, now };
  const objects = makeObjects(context);
  const multipart = makeMultipart(context, objects);

  const addBucket = (name: string) => {
    store.addBucket(name, now());
    buckets.set(name, { name, created: now(), versioning: "" });
  };

  const createBucket = (request: S3Request): Answer => {
    request.call.authorize("s3:CreateBucket", arns.bucket(request.bucket));
    if (!BUCKET_NAME.test(request.bucket))
      throw new AwsError("InvalidBucketName", "The specified bucket is not valid.");
    if (buckets.has(request.bucket)) {
      throw new AwsError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        { status: 409 },
      );
    }
    addBucket(request.bucket);
    return emptyAnswer(200, { location: `/${request.bucket}` });
  };

  const deleteBucket = (request: S3Request): Answer => {
    request.call.authorize("s3:DeleteBucket", arns.bucket(request.bucket));
    const { name } = bucketOf(request.bucket);
    if (!store.isEmpty(name)) {
      throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", { status: 409 });
    }
    store.removeBucket(name);
    buckets.delete(name);
    return emptyAnswer(204);
  };

  const putVersioning = async (request: S3Request, body: Readable): Promise<Answer> => {
    request.call.authorize("s3:PutBucketVersioning", arns.bucket(request.bucket));
    const bucket = bucketOf(request.bucket);
    const status = textIn(await readText(body, request.call), "Status");
    if (status !== "Enabled" && status !== "Suspended")
      throw new AwsError("MalformedXML", "The XML you provided was not well-formed");
    bucket.versioning = status;
    store.setVersioning(bucket.name, status);
    return emptyAnswer(200);
  };

  const deleteMany = async (request: S3Request, body: Readable): Promise<Answer> => {
    bucketOf(request.bucket);
    const xml = await readText(body, request.call);
    const quiet = textIn(xml, "Quiet") === "true";
    const results: string[] = [];
    for (const entry of elementsIn(xml, "Object")) {
      const key = textIn(entry, "Key") ?? "";
      const version = textIn(entry, "VersionId");
      try {
        const removed = await objects.removeListed(request, key, version);
        const marker = removed?.marker
          ? element("DeleteMarker", true) + element("DeleteMarkerVersionId", removed.version || "null")
          : "";
        if (!quiet)
          results.push(wrap("Deleted", element("Key", key) + element("VersionId", version) + marker));
      } catch (error) {
        const code = error instanceof AwsError ? error.code : "InternalError";
        const message = error instanceof Error ? error.message : String(error);
        results.push(
          wrap("Error", element("Key", key) + element("Code", code) + element("Message", message)),
        );
      }
    }
    return xmlAnswer("DeleteResult", results.join(""));
  };

  const objectTagging = async (request: S3Request, body: Readable): Promise<Answer> => {
    const { method } = request.call;
    const action =
      { GET: "GetObjectTagging", PUT: "PutObjectTagging", DELETE: "DeleteObjectTagging" }[method] ??
      "GetObjectTagging";
    request.call.authorize(`s3:${action}`, arns.bucket(`${request.bucket}/${request.key}`));
    const object = objects.find(request);
    if (method === "GET") {
      const tags = Object.entries(object.tags).map(([key, value]) =>
        wrap("Tag", element("Key", key) + element("Value", value)),
      );
      return xmlAnswer("Tagging", wrap("TagSet", tags.join("")));
    }
    const xml = method === "PUT" ? await readText(body, request.call) : "";
    store.saveTags(
      object,
      Object.fromEntries(
        elementsIn(xml, "Tag").map((tag) => [textIn(tag, "Key") ?? "", textIn(tag, "Value") ?? ""]),
      ),
    );
    return emptyAnswer(method === "PUT" ? 200 : 204);
  };

  const listBuckets = (request: S3Request): Answer => {
    request.call.authorize("s3:ListAllMyBuckets", arns.bucket("*"));
    const inner = [...buckets.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, created }) =>
        wrap("Bucket", element("Name", name) + element("CreationDate", new Date(created).toISOString())),
      );
    return xmlAnswer(
      "ListAllMyBucketsResult",
      wrap("Owner", element("ID", arns.account)) + wrap("Buckets", inner.join("")),
    );
  };

  const onBucket = (
    request: S3Request,
    body: Readable,
    sub: string | undefined,
  ): Answer | Promise<Answer> => {
    const { call, bucket } = request;
    const look = (action: string) => {
      call.authorize(`s3:${action}`, arns.bucket(bucket));
      return bucketOf(bucket);
    };
    switch (`${call.method} ${sub ?? ""}`) {
      case "PUT ":
        return createBucket(request);
      case "DELETE ":
        return deleteBucket(request);
      case "HEAD ":
        look("ListBucket");
        return emptyAnswer(200, { "x-amz-bucket-region": arns.region });
      case "GET ":
        look("ListBucket");
        return listObjects(store, request);
      case "GET versions":
        look("ListBucketVersions");
        return listVersions(store, request);
      case "GET location":
        look("GetBucketLocation");
        // The empty answer is what S3 gives for us-east-1.
        return xmlAnswer("LocationConstraint", arns.region === "us-east-1" ? "" : arns.region);
      case "GET versioning":
        return xmlAnswer(
          "VersioningConfiguration",
          element("Status", look("GetBucketVersioning").versioning || undefined),
        );
      case "PUT versioning":
        return putVersioning(request, body);
      case "POST delete":
        return deleteMany(request, body);
      case "GET uploads":
        return multipart.list(request);
      default:
        return objects.refuse(`${call.method} of a bucket's ${sub ?? "form"}`);
    }
  };

  const onObject = (
    request: S3Request,
    body: Readable,
    sub: string | undefined,
  ): Answer | Promise<Answer> => {
    switch (`${request.call.method} ${sub ?? ""}`) {
      case "PUT ":
        return request.header("x-amz-copy-source") === undefined
          ? objects.put(request, body)
          : objects.copy(request);
      case "GET ":
        return objects.get(request);
      case "HEAD ":
        return objects.head(request);
      case "DELETE ":
        return objects.remove(request);
      case "POST uploads":
        return multipart.create(request);
      case "PUT uploadId":
        return request.header("x-amz-copy-source") === undefined
          ? multipart.put(request, body)
          : objects.refuse("UploadPartCopy");
      case "POST uploadId":
        return multipart.complete(request, body);
      case "DELETE uploadId":
        return multipart.abort(request);
      case "GET uploadId":
        return multipart.listParts(request);
      case "GET tagging":
      case "PUT tagging":
      case "DELETE tagging":
        return objectTagging(request, body);
      default:
        return objects.refuse(`${request.call.method} of an object's ${sub ?? "form"}`);
    }
  };

  const handle = async (call: Call, body: Readable): Promise<Answer> => {
    const request = readRequest(call);
    const sub = SUB_RESOURCES.find((name) => request.query.has(name));
    const answer =
      request.bucket === ""
        ? listBuckets(request)
        : await (request.key === "" ? onBucket(request, body, sub) : onObject(request, body, sub));
    return { ...answer, headers: { ...answer.headers, "x-amz-request-id": call.requestId } };
  };

  const service: RestService = {
    kind: "rest",
    name: "s3",
    handle,
    error: errorAnswer,
    throttling: { code: "SlowDown", status: 503 },
    close: () => store.close(),
  };
  return {
    service,
    ensureBucket: (name: string) => {
      if (!buckets.has(name)) addBucket(name);
    },
  };
};
