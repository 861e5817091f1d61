import type { IncomingMessage } from "node:http";
import { BINARY_TYPES, mediaTypeOf } from "#common/http/body-types.ts";

export type Body = { text: string | null; isBinary: boolean };

const NONE: Body = { text: null, isBinary: false };

export const BODY_BYTES_MAX = 10 * 1024 * 1024;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined ||
  (headers["content-length"] !== undefined && headers["content-length"] !== "0");

/**
 * The body as text, or in base64 where its media type is binary to the gateway; null when there is none, `too-large` above API Gateway's limit, `gone` when the client hung
 * up.
 */
export const readBody = (
  request: IncomingMessage,
): Promise<Body | "too-large" | "gone"> | Body | "too-large" => {
  if (!hasBody(request)) return NONE;
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return "too-large";
  return new Promise((done) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
      else done("too-large");
    });
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const isBinary = BINARY_TYPES.includes(mediaTypeOf(request.headers["content-type"]));
      done(body.length === 0 ? NONE : { text: body.toString(isBinary ? "base64" : "utf8"), isBinary });
    });
    request.on("close", () => done("gone"));
    request.on("error", () => done("gone"));
  });
};
