import { Agent, type IncomingHttpHeaders, request } from "node:http";

/** A request as its bytes go out: the path with its query as they are, every header in its place. */
export type WireRequest = {
  method: string;
  path: string;
  headers: readonly (readonly [string, string])[];
  body?: Buffer | undefined;
};

export type WireReply = { status: number; headers: IncomingHttpHeaders; text: string };

export type Wire = { send(wanted: WireRequest): Promise<WireReply>; close(): void };

/** Sends what `fetch` would mend on its way: bad escapes, repeated headers, odd bytes in the path. */
export const openWire = (port: number): Wire => {
  const agent = new Agent({ keepAlive: true });
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((done, fail) => {
        const framed = [
          ["host", `127.0.0.1:${port}`],
          ...headers,
          ...(body ? [["content-length", String(body.byteLength)]] : []),
        ];
        const options = { agent, host: "127.0.0.1", port, method, path, headers: framed.flat() };
        const outgoing = request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () =>
            done({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        });
        outgoing.on("error", fail);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
};
