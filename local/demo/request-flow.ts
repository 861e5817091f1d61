import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { SNSClient } from "@aws-sdk/client-sns";
import {
  createRequestLog,
  type RequestLog,
  type RequestLogs,
  snsPublisher,
  transactionIdOf,
} from "#common/request-log/index.ts";

/** The topic `logs` of the local platform. */
export const LOGS_TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:millrace-local-logs";

export type RequestFlowOptions = {
  /** The platform's front door, and its AWS endpoint. */
  url: string;
  awsUrl: string;
  /** Good for `data.write`. */
  token: string;
  organizationID: string;
  topicArn: string;
  /** A new one if it is not said. */
  transactionId?: string;
};

type Handle = (log: RequestLog, path: string) => Promise<string>;

/** A server that logs what each request does, under the request's transaction. */
const loggedServer = (
  requestLog: RequestLogs,
  of: { logType: string; organizationID: string; server: string },
  handle: Handle,
): RequestListener => {
  return (request, response) => {
    const log = requestLog({ ...of, transactionId: transactionIdOf(request.headers) });
    response.setHeader("x-transaction-id", log.transactionId);
    log
      .around(async () => {
        const { method = "GET", url: path = "/" } = request;
        log.event("received request", `${method} ${path} on ${of.server}`, {
          type: "request",
          detail: { path },
        });
        const body = await handle(log, path);
        log.event("answered", `${method} ${path} answered by ${of.server}`, {
          type: "response",
          detail: { status: 200 },
        });
        response.end(body);
      })
      .catch(() => response.writeHead(500).end());
  };
};

const listen = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
};

/** Calls another server within a log: the call is an event, and carries the transaction id. */
const callFrom = async (
  log: RequestLog,
  to: string,
  url: string,
  init: RequestInit = {},
): Promise<string> => {
  const call = log.call(to);
  const answer = await fetch(url, { ...init, headers: { ...init.headers, ...call.headers } }).finally(() =>
    call.end(),
  );
  if (!answer.ok) throw new Error(`${to} answered ${answer.status}`);
  return answer.text();
};

/**
 * A request through three servers: the portal asks the gateway, the gateway asks the app's server, and that keeps a
 * record on the platform. Each publishes its log to the topic `logs`. Answers the transaction's id when all is
 * sent.
 */
export const playRequestFlow = async ({
  url,
  awsUrl,
  token,
  organizationID,
  topicArn,
  transactionId = randomUUID(),
}: RequestFlowOptions): Promise<string> => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SNSClient({ endpoint: awsUrl, region: "us-east-1", credentials });
  let failure: unknown;
  const requestLog = createRequestLog({
    publish: snsPublisher({ topicArn, client }),
    maskKeys: ["pin"],
    onError: (error) => {
      failure = error;
    },
  });

  const app = await listen(
    loggedServer(requestLog, { logType: "app", organizationID, server: "app" }, async (log) => {
      log.event("looked up balance", "asked the core system", { detail: { account: "acc-1", pin: "1234" } });
      const body = JSON.stringify({ kind: "balance-shown", account: "acc-1" });
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      await callFrom(log, "data-generator", `${url}/data`, { method: "POST", headers, body });
      return JSON.stringify({ balance: "12.30", currency: "EUR" });
    }),
  );
  const gateway = await listen(
    loggedServer(requestLog, { logType: "agw", organizationID, server: "gateway" }, (log, path) =>
      callFrom(log, "app", `${app.url}${path}`),
    ),
  );
  const web = await listen(
    loggedServer(requestLog, { logType: "web", organizationID, server: "web" }, (log, path) =>
      callFrom(log, "gateway", `${gateway.url}${path}`),
    ),
  );
  try {
    const answer = await fetch(`${web.url}/members/42/balance`, {
      headers: { "x-transaction-id": transactionId },
    });
    if (!answer.ok) throw new Error(`the portal answered ${answer.status}`);
    if (!(await requestLog.flush(10_000))) {
      throw new Error("the logs could not be published in ten seconds", { cause: failure });
    }
    return transactionId;
  } finally {
    await Promise.all([web, gateway, app].map((server) => server.close()));
    client.destroy();
  }
};
