import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The parts of a signature, from the Authorization header or from the query of a presigned URL. */
export type Signature = {
  accessKeyId: string;
  /** `20261121` */
  day: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  /** `20261121T010203Z` */
  time: string;
  presigned: boolean;
  /** Seconds that a presigned URL lives. */
  expires?: number;
};

type Headers = Readonly<Record<string, string | string[] | undefined>>;
const one = (headers: Headers, name: string): string => {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(",") : (value ?? "")).trim();
};

const scope = (credential: string) => {
  const parts = credential.split("/");
  const [day, region, service, end] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  return accessKeyId && day && region && service && end === "aws4_request"
    ? { accessKeyId, day, region, service }
    : undefined;
};

/** Undefined if the request is not signed (or not in a form that could be checked). */
export const readSignature = (headers: Headers, query: URLSearchParams): Signature | undefined => {
  const header = one(headers, "authorization");
  if (header.startsWith("AWS4-HMAC-SHA256 ")) {
    const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? "";
    const credential = scope(field("Credential"));
    const signature = field("Signature");
    if (!credential || !signature) return undefined;
    const signedHeaders = field("SignedHeaders").split(";");
    return { ...credential, signedHeaders, signature, time: one(headers, "x-amz-date"), presigned: false };
  }
  const credential = scope(query.get("X-Amz-Credential") ?? "");
  const signature = query.get("X-Amz-Signature");
  if (!credential || !signature) return undefined;
  return {
    ...credential,
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature,
    time: query.get("X-Amz-Date") ?? "",
    presigned: true,
    expires: Number(query.get("X-Amz-Expires") ?? "0"),
  };
};

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

/** The last signing keys are kept, because a key changes once a day and costs four digests. */
const keys = new Map<string, Buffer>();
const signingKey = (secret: string, { day, region, service }: Signature): Buffer => {
  const name = `${secret}/${day}/${region}/${service}`;
  const known = keys.get(name);
  if (known) return known;
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request");
  if (keys.size > 500) keys.clear();
  keys.set(name, key);
  return key;
};

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const canonicalQuery = (rawQuery: string): string | undefined => {
  const pairs: [string, string][] = [];
  for (const pair of rawQuery.split("&")) {
    if (pair === "" || pair.startsWith("X-Amz-Signature=")) continue;
    const at = pair.indexOf("=");
    const [name, value] = (at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)]).map(decoded);
    if (name === undefined || value === undefined) return undefined;
    pairs.push([encode(name), encode(value)]);
  }
  return pairs
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
};

type Signed = { method: string; url: string; headers: Headers; bodyHash: string };

/**
 * S3 signs the digest that a header states, which is compared once the body has come; other services sign the
 * body.
 */
const payloadHash = ({ service, presigned }: Signature, { headers, bodyHash }: Signed): string =>
  service === "s3"
    ? one(headers, "x-amz-content-sha256") || (presigned ? "UNSIGNED-PAYLOAD" : bodyHash)
    : bodyHash;

/** Undefined if the request cannot be put into the form that is signed, because an escape is broken. */
const expectedSignature = (secret: string, signature: Signature, request: Signed): string | undefined => {
  const mark = request.url.indexOf("?");
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  const query = canonicalQuery(mark < 0 ? "" : request.url.slice(mark + 1));
  if (query === undefined) return undefined;
  const canonical = [
    request.method,
    // S3 signs the path as sent; the others encode it once more, which changes nothing on `/`.
    signature.service === "s3" ? path : path.split("/").map(encode).join("/"),
    query,
    ...signature.signedHeaders.map((name) => `${name}:${one(request.headers, name).replace(/\s+/g, " ")}`),
    "",
    signature.signedHeaders.join(";"),
    payloadHash(signature, request),
  ].join("\n");
  const { day, region, service, time } = signature;
  const text = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/${service}/aws4_request\n${sha256(canonical)}`;
  return hmac(signingKey(secret, signature), text).toString("hex");
};

/** Whether the signature is the one that this secret makes. `bodyHash` is the digest of the whole body. */
export const isSignedWith = (secret: string, signature: Signature, request: Signed): boolean => {
  const expected = expectedSignature(secret, signature, request);
  // A character of several bytes would make buffers of different lengths, which timingSafeEqual throws at.
  if (expected === undefined || !/^[0-9a-f]{64}$/.test(signature.signature)) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature.signature));
};

const timeOf = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** A presigned URL says how long it lives; a signed header is good for fifteen minutes either way. */
export const isExpired = (signature: Signature, now: number): boolean => {
  const time = timeOf(signature.time);
  if (Number.isNaN(time)) return true;
  return signature.presigned
    ? now > time + (signature.expires ?? 0) * 1000
    : Math.abs(now - time) > 15 * 60 * 1000;
};

export const hashOf = sha256;
