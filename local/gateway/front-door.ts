import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Clock, makeClock, movedDate } from "../clock.ts";
import { isLoopbackHost } from "../loopback.ts";
import type { GatewayAnswer, GatewayResponses, Refusal } from "./gateway-responses.ts";
import { type RestApi, send } from "./rest-api.ts";

/**
 * Something else behind the front door than the REST API, chosen by host, path and method: the issuer's keys,
 * and later short links, the console, the realtime socket. The first that claims a request gets it.
 */
export type Site = {
  claims(hostname: string, url: string, method: string): boolean;
  handle(request: IncomingMessage, requestId: string): Promise<GatewayAnswer> | GatewayAnswer;
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
};

export type FrontDoor = {
  port: number;
  /** What answers from now on; before, every request gets 503. */
  open(api: RestApi, sites?: readonly Site[]): void;
  /** Takes no new connections, finishes what runs until `signal` aborts, then cuts. */
  close(signal: AbortSignal): Promise<void>;
};

/** API Gateway's limit on the request line and all headers of a request together. */
const HEADER_BYTES_MAX = 10_240;
/**
 * Higher than our limit, so that a client with too large headers gets our problem document and not Node's
 * answer.
 */
const NODE_HEADER_BYTES_MAX = 2 * 1024 * 1024;
/** Line breaks, colon and space that come with each header. */
const PER_HEADER_BYTES = 4;

/** `GET /data HTTP/1.1` with its two spaces and its line break. */
const requestLineBytes = ({ method = "", url = "", httpVersion }: IncomingMessage): number =>
  method.length + url.length + httpVersion.length + "  HTTP/\r\n".length;

const headBytes = (request: IncomingMessage): number => {
  const { rawHeaders } = request;
  let bytes = requestLineBytes(request);
  for (const text of rawHeaders) bytes += text.length;
  return bytes + (rawHeaders.length / 2) * PER_HEADER_BYTES;
};

/** Why a request is refused before any site or route sees it. */
const refusalOf = (request: IncomingMessage): Refusal | undefined => {
  if (headBytes(request) > HEADER_BYTES_MAX) return "HEADERS_TOO_LARGE";
  if (request.headers.host === undefined) return "DEFAULT_4XX";
  return isLoopbackHost(request.headers.host) ? undefined : "HOST_NOT_LOCAL";
};

const hostnameOf = (host = "localhost"): string => {
  const colon = host.indexOf(":");
  return colon < 0 ? host : host.slice(0, colon);
};

/** An answer to bytes that the HTTP parser refused, so that there is no request. */
const rawAnswer = ({ status, headers, body }: GatewayAnswer): string => {
  const lines = Array.from(
    { length: headers.length / 2 },
    (_, at) => `${headers[at * 2]}: ${headers[at * 2 + 1]}`,
  );
  return `HTTP/1.1 ${status} Refused\r\n${lines.join("\r\n")}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", fail);
      done((server.address() as AddressInfo).port);
    });
  });

const STARTING: RestApi = async (request, response, requestId) =>
  send(request, response, {
    status: 503,
    headers: ["x-request-id", requestId, "retry-after", "1"],
    body: "",
  });

/** Listens on 127.0.0.1; port 0 takes a free one. */
export const listenFrontDoor = async (
  port: number,
  responses: GatewayResponses,
  clock: Clock = makeClock(),
): Promise<FrontDoor> => {
  let api = STARTING;
  let sites: readonly Site[] = [];

  const siteOf = (request: IncomingMessage): Site | undefined => {
    if (sites.length === 0) return undefined;
    const { headers, url = "/", method = "GET" } = request;
    const hostname = hostnameOf(headers.host);
    return sites.find((site) => site.claims(hostname, url, method));
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const date = movedDate(clock);
    if (date !== undefined) response.setHeader("date", date);
    try {
      const refusal = refusalOf(request);
      if (refusal !== undefined) return send(request, response, responses(refusal, requestId));
      const site = siteOf(request);
      if (site === undefined) return await api(request, response, requestId);
      send(request, response, await site.handle(request, requestId));
    } catch {
      send(request, response, responses("DEFAULT_5XX", requestId));
    }
  };

  const server = createServer(
    {
      maxHeaderSize: NODE_HEADER_BYTES_MAX,
      keepAliveTimeout: 60_000,
      // Node would answer with no body; `refusalOf` answers with a problem.
      requireHostHeader: false,
      // A client may offer HTTP/2 on a route: the request is answered without the upgrade.
      shouldUpgradeCallback: (request: IncomingMessage) =>
        refusalOf(request) === undefined && siteOf(request)?.upgrade !== undefined,
    },
    handle,
  );
  // Node answers `100-continue` itself; any other expectation comes here.
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    send(request, response, responses("EXPECTATION_FAILED", randomUUID()));
  });
  server.on("upgrade", (request, socket, head) => siteOf(request)?.upgrade?.(request, socket, head));
  server.on("clientError", (error: Error & { code?: string }, socket: Socket) => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const refusal = error.code === "HPE_HEADER_OVERFLOW" ? "HEADERS_TOO_LARGE" : "DEFAULT_4XX";
    socket.end(rawAnswer(responses(refusal, randomUUID())));
  });

  const bound = await listen(server, port);
  return {
    port: bound,
    open: (restApi, more = []) => {
      api = restApi;
      sites = more;
    },
    close: (signal) =>
      new Promise((done) => {
        const cut = (): void => server.closeAllConnections();
        // A connection that is kept alive turns idle when its last answer is out.
        const sweep = setInterval(() => server.closeIdleConnections(), 10);
        server.close(() => {
          clearInterval(sweep);
          signal.removeEventListener("abort", cut);
          done();
        });
        if (signal.aborted) cut();
        else signal.addEventListener("abort", cut, { once: true });
      }),
  };
};
