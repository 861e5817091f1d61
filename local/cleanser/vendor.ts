import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Question, VendorRequestSchema } from "#common/cleansing/vendor/vendor.schema.ts";
import { isLoopbackHost } from "../loopback.ts";
import { type Behaviour, readBehaviour, WELL } from "./behaviour.ts";
import { merchantOf } from "./merchants.ts";

export type VendorOptions = {
  /** 0 takes a free one. */
  port: number;
  secret: string;
  behaviour?: Behaviour;
  random?: () => number;
};

/** A request as the vendor got it. */
export type Request = { key: string; transactions: Question[]; status: number | "none" };

export type ExampleVendor = {
  url: string;
  requests: readonly Request[];
  /** Transactions that were answered, and would be on the bill: a repeat with the same key is not. */
  billed: () => number;
  /** Most requests that it had at once. */
  atOnce: () => number;
  behave: (behaviour: Partial<Behaviour>) => void;
  close: () => Promise<void>;
};

const BODY_MAX = 1_000_000;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_MAX) return "";
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const answerTo = (transactions: readonly Question[]) => ({
  transactions: transactions.flatMap((transaction) => merchantOf(transaction) ?? []),
});

type Sent = { status: number; body: unknown; headers?: Record<string, string> };

const refusal = (status: number, error: string): Sent => ({ status, body: { error } });

/** What it answers when it behaves so; undefined: nothing. */
const misbehave = (
  { mode, retryAfter, word }: Behaviour,
  transactions: readonly Question[],
): Sent | "gone" | "hang" | undefined => {
  switch (mode) {
    case "down":
      return refusal(503, "We are down.");
    case "busy":
      return { ...refusal(429, "Too many requests."), headers: { "retry-after": String(retryAfter) } };
    case "locked":
      return refusal(401, "The secret is wrong.");
    case "refuse":
      return transactions.some(({ description }) => description.includes(word))
        ? refusal(400, "One of the descriptions cannot be read.")
        : undefined;
    case "wrong":
      return { status: 200, body: "<html>Welcome</html>" };
    case "mixed":
      return { status: 200, body: { transactions: [{ id: "another", confidence: 1, category: "Travel" }] } };
    case "changed":
      return { status: 200, body: { data: { results: answerTo(transactions).transactions } } };
    case "huge":
      return { status: 200, body: { transactions: [], more: "x".repeat(2_000_000) } };
    case "redirect":
      return { status: 307, body: {}, headers: { location: "/v2/cleansings" } };
    case "gone":
    case "hang":
      return mode;
    default:
      return undefined;
  }
};

/** An example of a cleansing vendor, on this machine alone; it behaves as badly as it is asked to. */
export const startVendor = async (options: VendorOptions): Promise<ExampleVendor> => {
  const { secret, random = Math.random } = options;
  let behaviour = options.behaviour ?? WELL;
  const requests: Request[] = [];
  /** By idempotency key. */
  const answered = new Map<string, Sent>();
  let billed = 0;
  let underWay = 0;
  let atOnce = 0;

  const send = (response: ServerResponse, { status, body, headers = {} }: Sent): void => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(text);
  };

  const cleanse = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const key = String(request.headers["idempotency-key"] ?? "");
    const body = jsonOf(await readBody(request));
    const checked = VendorRequestSchema.check(body);
    const transactions = checked.ok ? checked.value.transactions : [];
    const record: Request = { key, transactions, status: "none" };
    requests.push(record);
    const end = (sent: Sent): void => {
      record.status = sent.status;
      send(response, sent);
    };
    if (request.headers.authorization !== `Bearer ${secret}`)
      return end(refusal(401, "The secret is wrong."));
    if (key === "") return end(refusal(400, "The idempotency-key is missing."));
    if (!checked.ok)
      return end({ status: 422, body: { error: "The request has faults.", faults: checked.faults } });

    const now = behaviour;
    const isBad = random() < now.share;
    const bad = isBad ? misbehave(now, transactions) : undefined;
    if (bad === "hang") return;
    if (bad === "gone") return void request.socket.destroy();
    if (bad !== undefined) return end(bad);
    if (isBad && now.mode === "slow") await new Promise((done) => setTimeout(done, now.delay));
    const known = answered.get(key);
    if (known) return end(known);
    const sent: Sent = { status: 200, body: answerTo(transactions) };
    answered.set(key, sent);
    billed += transactions.length;
    end(sent);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    // A page of another name that was made to lead here must not read what was asked.
    if (!isLoopbackHost(headers.host) || headers.origin !== undefined) {
      return send(response, refusal(403, "This is for programs on this machine."));
    }
    switch (`${method} ${url}`) {
      case "POST /v1/cleansings": {
        underWay += 1;
        atOnce = Math.max(atOnce, underWay);
        response.once("close", () => {
          underWay -= 1;
        });
        return cleanse(request, response);
      }
      case "PUT /behaviour": {
        const read = readBehaviour(jsonOf(await readBody(request)));
        if (Array.isArray(read)) return send(response, refusal(400, read.join(" ")));
        behaviour = read;
        return send(response, { status: 200, body: behaviour });
      }
      case "GET /behaviour":
        return send(response, {
          status: 200,
          body: { ...behaviour, requests: requests.length, billed, atOnce },
        });
      default:
        return send(response, refusal(404, "There is POST /v1/cleansings, and GET and PUT /behaviour."));
    }
  };

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host: "127.0.0.1" }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    billed: () => billed,
    atOnce: () => atOnce,
    behave: (next) => {
      behaviour = { ...WELL, ...next };
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
