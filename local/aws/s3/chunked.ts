import type { Sent } from "./declared.ts";
import { s3Error } from "./errors.ts";

const CRLF = Buffer.from("\r\n");
const LINE_BYTES_MAX = 8192;

const malformed = () => s3Error(400, "IncompleteBody", "The chunked body is malformed.");
const cutShort = () => s3Error(400, "IncompleteBody", "The request body terminated unexpectedly");

/** Bytes of an `aws-chunked` body: sizes and chunk signatures taken out, trailers put into `trailers`. */
export async function* unchunked(
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
      if (rest.length > LINE_BYTES_MAX) throw malformed();
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
        if (line !== "") throw malformed();
        state = "size";
      } else if (state === "size") {
        const [size = ""] = line.split(";");
        if (!/^[0-9a-fA-F]{1,8}$/.test(size.trim())) throw malformed();
        left = Number.parseInt(size, 16);
        complete = left === 0;
        state = complete ? "trailer" : "data";
      } else {
        const colon = line.indexOf(":");
        if (colon > 0) trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
      }
    }
  }
  if (!complete) throw cutShort();
}

export const isChunked = ({ headers }: Sent): boolean =>
  String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-") ||
  String(headers["content-encoding"] ?? "").includes("aws-chunked");

/** The declared size of a chunked body must be the size of its chunks. */
export const checkDecodedSize = ({ headers }: Sent, size: number): void => {
  const declaredSize = headers["x-amz-decoded-content-length"];
  if (declaredSize !== undefined && Number(declaredSize) !== size) throw cutShort();
};
