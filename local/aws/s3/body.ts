import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { AwsError } from "../port/errors.ts";
import type { Call } from "../port/service.ts";

const CRLF = Buffer.from("\r\n");
const LINE_BYTES_MAX = 8192;

/** Bytes of an `aws-chunked` body: sizes and chunk signatures taken out, trailers put into `trailers`. */
async function* unchunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let complete = false;
  let state: "size" | "data" | "end" | "trailer" = "size";
  const takeLine = (): string | undefined => {
    const at = rest.indexOf(CRLF);
    if (at < 0) {
      if (rest.length > LINE_BYTES_MAX)
        throw new AwsError("IncompleteBody", "The chunked body is malformed.");
      return undefined;
    }
    const line = rest.subarray(0, at).toString("latin1");
    rest = rest.subarray(at + 2);
    return line;
  };
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (state === "data") {
        const part = rest.subarray(0, left);
        if (part.length > 0) yield part;
        left -= part.length;
        rest = rest.subarray(part.length);
        if (left > 0) break;
        state = "end";
      }
      const line = takeLine();
      if (line === undefined) break;
      if (state === "end") {
        state = "size";
      } else if (state === "size") {
        left = Number.parseInt(line, 16);
        if (Number.isNaN(left)) throw new AwsError("IncompleteBody", "The chunked body is malformed.");
        complete = left === 0;
        state = complete ? "trailer" : "data";
      } else {
        const colon = line.indexOf(":");
        if (colon > 0) trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
      }
    }
  }
  if (!complete) throw new AwsError("IncompleteBody", "The request body terminated unexpectedly");
}

export type Received = { size: number; md5: Buffer; checksums: Record<string, string> };

const isChunked = ({ headers }: Call): boolean =>
  String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-") ||
  String(headers["content-encoding"] ?? "").includes("aws-chunked");

const CHECKSUM = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

const refuse = (code: string, message: string): never => {
  throw new AwsError(code, message);
};

/** Writes a request's body into a file and checks what the caller said of it. The file is gone if that fails. */
export const receive = async (call: Call, body: Readable, file: string): Promise<Received> => {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let size = 0;
  let crc = 0;
  const trailers = new Map<string, string>();
  const chunked = isChunked(call);
  const declared = String(call.headers["x-amz-content-sha256"] ?? "");
  const digests = /^[0-9a-f]{64}$/.test(declared);
  const measure = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      size += chunk.length;
      md5.update(chunk);
      if (digests) sha256.update(chunk);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  };
  try {
    await pipeline(
      body,
      (source: AsyncIterable<Buffer>) => measure(chunked ? unchunked(source, trailers) : source),
      createWriteStream(file),
    );
    const digest = md5.digest();
    const given = String(call.headers["content-md5"] ?? "");
    if (given && given !== digest.toString("base64")) {
      refuse("BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    if (digests && sha256.digest("hex") !== declared) {
      refuse(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const said = [...Object.entries(call.headers), ...trailers].flatMap(([name, value]) =>
      CHECKSUM.test(name) && typeof value === "string" ? [[name, value] as const] : [],
    );
    const checksums = Object.fromEntries(said);
    const expected = Buffer.alloc(4);
    expected.writeUInt32BE(crc >>> 0);
    const crcSaid = checksums["x-amz-checksum-crc32"];
    if (crcSaid && crcSaid !== expected.toString("base64")) {
      refuse("BadDigest", "The CRC32 you specified did not match the calculated checksum.");
    }
    return { size, md5: digest, checksums };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
};

/** A small body (XML). */
export const readText = async (body: Readable, call: Call): Promise<string> => {
  const chunks: Buffer[] = [];
  const source: AsyncIterable<Buffer> = isChunked(call) ? unchunked(body, new Map()) : body;
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
};
