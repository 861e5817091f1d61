import { AwsError } from "../port/errors.ts";
import type { Answer, Call } from "../port/service.ts";
import { element, escapeXml, wrap } from "../port/xml.ts";

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
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.");
  }
};

/** Path style: `/<bucket>/<key>`, with the key's own slashes. */
export const readRequest = (call: Call): S3Request => {
  const mark = call.url.indexOf("?");
  const path = mark < 0 ? call.url : call.url.slice(0, mark);
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  return {
    call,
    bucket: decode(bucket),
    key: decode(key),
    query: new URLSearchParams(mark < 0 ? "" : call.url.slice(mark + 1)),
    header: (name) => {
      const value = call.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
};

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
export const xmlAnswer = (name: string, inner: string, headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${inner}</${name}>`,
});

export const emptyAnswer = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: undefined,
});

export const errorAnswer = (
  code: string,
  message: string,
  status: number,
  { requestId, url }: { requestId: string; url: string },
): Answer => ({
  status,
  headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${wrap("Error", element("Code", code) + element("Message", message) + element("Resource", url.split("?")[0]) + element("RequestId", requestId))}`,
});

export const s3Errors = {
  noSuchKey: () => new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404 }),
  noSuchBucket: () => new AwsError("NoSuchBucket", "The specified bucket does not exist", { status: 404 }),
  noSuchUpload: () =>
    new AwsError(
      "NoSuchUpload",
      "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { status: 404 },
    ),
  preconditionFailed: () =>
    new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
      status: 412,
    }),
  invalidRange: () => new AwsError("InvalidRange", "The requested range is not satisfiable", { status: 416 }),
};

/** As S3 does with `encoding-type=url`. */
export const keyText = (key: string, encoded: boolean): string =>
  encoded ? encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+") : escapeXml(key);

const KEPT =
  /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+|x-amz-storage-class)$/;

/** The headers that belong to the object and come back with it. */
export const keptHeaders = (call: Call): Record<string, string> => {
  const headers = Object.fromEntries(
    Object.entries(call.headers).flatMap(([name, value]) =>
      KEPT.test(name) && typeof value === "string" ? [[name, value]] : [],
    ),
  );
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
