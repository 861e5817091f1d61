import type { Call } from "../port/service.ts";
import { s3Error, s3Errors } from "./errors.ts";

const KEY_BYTES_MAX = 1024;

export type S3Request = {
  call: Call;
  bucket: string;
  key: string;
  query: URLSearchParams;
  header(name: string): string | undefined;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw s3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
};

/** Refuses a key that S3 refuses: one that is too long, or that as a path would leave its bucket. */
export const checkKey = (key: string): void => {
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) {
    throw s3Error(400, "KeyTooLongError", "Your key is too long", {
      Size: Buffer.byteLength(key),
      MaxSizeAllowed: KEY_BYTES_MAX,
    });
  }
  let depth = 0;
  for (const segment of key.split("/")) {
    depth += segment === ".." ? -1 : segment === "." || segment === "" ? 0 : 1;
    if (depth < 0) throw s3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
};

/** Path style: `/<bucket>/<key>`, with the key's own slashes. */
export const readRequest = (call: Call): S3Request => {
  const mark = call.url.indexOf("?");
  const path = mark < 0 ? call.url : call.url.slice(0, mark);
  const [, bucket = "", rawKey = ""] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  const key = decode(rawKey);
  checkKey(key);
  return {
    call,
    bucket: decode(bucket),
    key,
    query: new URLSearchParams(mark < 0 ? "" : call.url.slice(mark + 1)),
    header: (name) => {
      const value = call.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
};

/** The version that the query names. */
export const versionIn = ({ query }: S3Request): string | undefined => {
  const version = query.get("versionId");
  if (version === "") {
    throw s3Errors.invalidArgument("Version id cannot be the empty string", "versionId", version);
  }
  return version ?? undefined;
};

const KEPT =
  /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+|x-amz-storage-class|x-amz-website-redirect-location)$/;

const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
];

const checkStorageClass = (StorageClassRequested: string | undefined): void => {
  if (StorageClassRequested === undefined || STORAGE_CLASSES.includes(StorageClassRequested)) return;
  throw s3Error(400, "InvalidStorageClass", "The storage class you specified is not valid", {
    StorageClassRequested,
  });
};

/** The headers that belong to the object and come back with it. */
export const keptHeaders = (call: Call): Record<string, string> => {
  const headers = Object.fromEntries(
    Object.entries(call.headers).flatMap(([name, value]) =>
      KEPT.test(name) && typeof value === "string" ? [[name, value]] : [],
    ),
  );
  checkStorageClass(headers["x-amz-storage-class"]);
  const encoding = String(call.headers["content-encoding"] ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && one !== "aws-chunked")
    .join(",");
  return {
    "content-type": "binary/octet-stream",
    ...headers,
    ...(encoding === "" ? {} : { "content-encoding": encoding }),
  };
};
