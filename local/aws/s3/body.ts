import { createHash } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Algorithm, digestOf } from "./checksums.ts";
import { checkDecodedSize, isChunked, unchunked } from "./chunked.ts";
import { declaredChecksum, declaredValue, type Sent } from "./declared.ts";
import { s3Error, s3Errors } from "./errors.ts";
import type { ObjectFiles } from "./files.ts";

const TEXT_BYTES_MAX = 2 * 1024 * 1024;

export type Measured = {
  size: number;
  /** Hexadecimal. */
  md5: string;
  checksum: { algorithm: Algorithm; value: string };
};

/**
 * A body while it comes, and its size and digests once it has come. `check` refuses a body that differs from
 * what the request declared: an MD5, the SHA-256 that was signed, a checksum in a header or a trailer.
 */
const measured = (call: Sent, body: AsyncIterable<Buffer>, byDefault: Algorithm) => {
  const declared = declaredChecksum(call);
  const signed = String(call.headers["x-amz-content-sha256"] ?? "");
  const md5Given = String(call.headers["content-md5"] ?? "");
  if (md5Given && Buffer.from(md5Given, "base64").length !== 16) {
    throw s3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  const sha256 = /^[0-9a-f]{64}$/.test(signed) ? createHash("sha256") : undefined;
  const md5 = createHash("md5");
  const algorithm = declared?.algorithm ?? byDefault;
  const digest = digestOf(algorithm);
  const trailers = new Map<string, string>();
  const chunked = isChunked(call);
  let size = 0;

  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const chunk of chunked ? unchunked(body, trailers) : body) {
      size += chunk.length;
      md5.update(chunk);
      sha256?.update(chunk);
      digest.update(chunk);
      yield chunk;
    }
  }

  const check = (): Measured => {
    if (chunked) checkDecodedSize(call, size);
    const hash = md5.digest();
    if (md5Given && md5Given !== hash.toString("base64")) {
      throw s3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    if (sha256 && sha256.digest("hex") !== signed) {
      throw s3Error(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const value = digest.value();
    if (declared && declaredValue(declared, trailers) !== value) {
      throw s3Error(
        400,
        "BadDigest",
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
    }
    return { size, md5: hash.toString("hex"), checksum: { algorithm, value } };
  };
  return { bytes, check };
};

/** Measures what is written into a stream. */
export const writeMeasured = async (
  call: Sent,
  body: AsyncIterable<Buffer>,
  into: Writable,
  byDefault: Algorithm,
): Promise<Measured> => {
  const { bytes, check } = measured(call, body, byDefault);
  await pipeline(bytes, into);
  return check();
};

/** Receives a request's body as a file, which is removed again if the body is refused or `use` fails. */
export const receive = async <T>(
  files: ObjectFiles,
  fill: (into: Writable) => Promise<Measured>,
  use: (incoming: string, received: Measured) => Promise<T>,
): Promise<T> => {
  const incoming = files.incoming();
  try {
    return await use(incoming, await fill(files.write(incoming)));
  } catch (error) {
    files.remove(incoming);
    throw error;
  }
};

/** Whether XML has the character that a reference names: half of a surrogate pair is none. */
const isXml = (base = "", digits = ""): boolean => {
  const code = Number.parseInt(digits, base === "x" ? 16 : 10);
  const isControl = code < 32 && code !== 9 && code !== 10 && code !== 13;
  return !isControl && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
};

/** A small body (XML). */
export const readText = async (body: Readable, call: Sent): Promise<string> => {
  const { bytes, check } = measured(call, body, "CRC32");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes()) {
    size += chunk.length;
    if (size > TEXT_BYTES_MAX) throw s3Errors.malformedXml();
    chunks.push(chunk);
  }
  check();
  const text = Buffer.concat(chunks).toString("utf8");
  if ([...text.matchAll(/&#(x?)([0-9a-fA-F]+);/g)].some(([, base, digits]) => !isXml(base, digits))) {
    throw s3Errors.malformedXml();
  }
  return text;
};
