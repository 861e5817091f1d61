// The whole handler of POST /events but the network: CPU of a request, by how many events it holds.
import { once } from "node:events";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { callerContext, lambdaContext, restEvent } from "../common/testing/lambda-events.ts";
import { median, type Row } from "./row.ts";

const ROUNDS = 5;
/** Events of a request, and how many requests make a round. */
const SIZES: [events: number, requests: number][] = [
  [1, 2_000],
  [10, 1_000],
  [100, 300],
  [500, 100],
];

const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    customerId: `customer-${(index * 7_919) % 5_000}`,
    type: `transaction.${index % 8}`,
    description: `Transaction of ${index}.00 at the branch in street ${index % 77}`,
    date: "2025-01-31T12:00:00.000Z",
    actor: `agent-${index % 50}`,
  }));

export const run = async (): Promise<Row[]> => {
  const worker = new Worker(resolve(import.meta.dirname, "stub-queue.mjs"));
  const [{ port }] = (await once(worker, "message")) as [{ port: number }];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    POWERTOOLS_DEV: "true",
    POWERTOOLS_SERVICE_NAME: "events-recorder",
    POWERTOOLS_METRICS_NAMESPACE: "Millrace",
    EVENTS_QUEUE_URL: `http://127.0.0.1:${port}/000000000000/events`,
    EVENTS_TABLE: "events",
    IDEMPOTENCY_TABLE: "idempotency",
  });
  const print = { log: console.log, info: console.info };
  // The lines that a function writes are part of its work; showing them is not.
  Object.assign(console, { log: () => {}, info: () => {} });
  try {
    const { handler } = await import("../functions/events-recorder/handler.ts");
    const authorizer = callerContext({ roles: "events.write" });
    const post = async (body: string) => {
      const { statusCode } = await handler(
        restEvent({ route: "POST /events", body, authorizer }),
        lambdaContext(),
      );
      if (statusCode !== 202) throw new Error(`the events were not taken: ${statusCode}`);
    };
    const rows: Row[] = [];
    for (const [events, requests] of SIZES) {
      const body = JSON.stringify(eventsOf(events));
      for (let at = 0; at < requests; at += 1) await post(body);
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = process.threadCpuUsage();
        for (let at = 0; at < requests; at += 1) await post(body);
        const { user, system } = process.threadCpuUsage(before);
        times.push((user + system) / 1_000 / requests);
      }
      rows.push({
        what: `POST /events, ${events} an array`,
        against: "–",
        ours: median(times),
        theirs: Number.NaN,
        unit: "CPU ms",
        ratio: Number.NaN,
        goal: "–",
      });
    }
    return rows;
  } finally {
    Object.assign(console, print);
    await worker.terminate();
  }
};
