import type { IncomingMessage } from "node:http";

export const BODY_BYTES_MAX = 10 * 1024 * 1024;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined ||
  (headers["content-length"] !== undefined && headers["content-length"] !== "0");

/**
 * The body as text; null when there is none, `too-large` above API Gateway's limit, `gone` when the client hung
 * up.
 */
export const readBody = (
  request: IncomingMessage,
): Promise<{ text: string | null } | "too-large" | "gone"> | { text: null } | "too-large" => {
  if (!hasBody(request)) return { text: null };
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
      const text = Buffer.concat(chunks).toString("utf8");
      done({ text: text === "" ? null : text });
    });
    request.on("close", () => done("gone"));
    request.on("error", () => done("gone"));
  });
};
