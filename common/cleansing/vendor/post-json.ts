import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export type PostOptions = {
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs: number;
  /** Of the answer: what is longer is not read to its end. */
  bytesMax: number;
};

/** `body` is undefined where the answer was too long. No redirect is followed. */
export type Posted = { status: number; retryAfter: string | undefined; body: string | undefined };

const textOf = async (response: IncomingMessage, bytesMax: number): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
};

/** Posts JSON and reads the answer, whatever its status. Throws when there is no whole answer within the time. */
export const postJson = (url: string, { headers, body, timeoutMs, bytesMax }: PostOptions): Promise<Posted> =>
  new Promise((resolve, reject) => {
    const request = url.startsWith("https:") ? requestHttps : requestHttp;
    const options = {
      method: "POST",
      // A kept connection would be stale when Lambda thaws the process.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        accept: "application/json",
        "accept-encoding": "identity",
        ...headers,
      },
    };
    const outgoing = request(url, options, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      textOf(response, bytesMax).then((text) => {
        resolve({ status, retryAfter: answered["retry-after"], body: text });
        outgoing.destroy();
      }, reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
