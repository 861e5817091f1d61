import { setTimeout } from "node:timers/promises";
import { inParallel } from "#common/async/in-parallel.ts";
import type { Platform } from "../platform.ts";
import { curl, SAMPLE_USER } from "../welcome/commands.ts";
import { DEMO_CUSTOMERS, type DemoCustomer, demoCustomers } from "./customers.ts";
import { followTrace, traceLines } from "./follow-trace.ts";
import { makeSend, type Send } from "./front-door.ts";
import { DEMO_DAYS, type DemoEvent, demoHistory } from "./history.ts";
import { LOGS_TOPIC_ARN, playRequestFlow } from "./request-flow.ts";

const RECORDS = [
  { informationOne: "aaa23", informationTwo: "bbb24" },
  { kind: "address-change", city: "Ljubljana", since: "2026-11-01" },
  { kind: "card-order", cards: 2, note: "one for each member of the household" },
];

/** The same each time, so that a demo that is played again finds its request. */
const FLOW_ID = "demo-request-flow";
const FLOW_PATH = `/logs/traces/${FLOW_ID}`;

/** What `POST /events` takes at once. */
const BATCH_EVENTS = 500;
const REQUESTS_AT_ONCE = 8;
const DEADLINE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The day on which the month of the demo starts. A demo that was played before keeps its month, because the
 * same event with another date would be refused.
 */
const startOf = async (send: Send, customer: DemoCustomer): Promise<{ start: Date; again: boolean }> => {
  const answer = await send("GET", `/events/${customer.customerId}-1`);
  const stored = answer.status === 200 ? ((await answer.json()) as DemoEvent) : undefined;
  if (stored === undefined) {
    return { start: new Date((Math.floor(Date.now() / DAY_MS) - DEMO_DAYS) * DAY_MS), again: false };
  }
  const [unmoved] = demoHistory(customer.customerId, new Date(0));
  const offset = Date.parse(unmoved?.date ?? "");
  return { start: new Date(Date.parse(stored.date) - offset), again: true };
};

/** Waits until all of the demo's events are counted. */
const waitUntilCounted = async (send: Send, events: readonly DemoEvent[]): Promise<void> => {
  const customers = new Set(events.map(({ customerId }) => customerId));
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await send("GET", "/events/stats?groupBy=customer");
    const { items } = (await answer.json()) as { items: { key: string; count: number }[] };
    const counted = items.reduce((sum, { key, count }) => sum + (customers.has(key) ? count : 0), 0);
    if (counted >= events.length) return;
    if (Date.now() > deadline) {
      throw new Error(
        `${counted} of ${events.length} events can be read after ${DEADLINE_MS / 1000} seconds`,
      );
    }
    await setTimeout(300);
  }
};

const commands = (url: string): string[] => [
  curl(url, "/events/stats?groupBy=day"),
  curl(url, "/events/stats?groupBy=type"),
  curl(url, "/events/durations?fromType=account_opened&toType=account_closed"),
  curl(url, "/events?q=closed+fees"),
  curl(url, "/customers?q=muller"),
  curl(url, "/customers/demo-001/events"),
  curl(url, "/events/export?format=csv&type=account_closed"),
  curl(url, "/events/verify"),
];

/**
 * Plays sample data through the front door: three records of a user, a month of customers with what happened to
 * them, and a request that goes through three servers. Answers when all of it can be read, with what to print. Played again it adds nothing.
 */
export const playDemo = async (
  { url, awsUrl, token: sign }: Pick<Platform, "url" | "awsUrl" | "token">,
  customerCount = DEMO_CUSTOMERS,
): Promise<string> => {
  try {
    const token = await sign({ ...SAMPLE_USER, ttlSeconds: 3600 });
    const send = makeSend(url, token);
    const customers = demoCustomers(customerCount);
    const [first] = customers;
    if (first === undefined) throw new Error("it needs a customer");
    const { start, again } = await startOf(send, first);
    const events = customers.flatMap(({ customerId }) => demoHistory(customerId, start));
    const batches = Array.from({ length: Math.ceil(events.length / BATCH_EVENTS) }, (_, at) =>
      events.slice(at * BATCH_EVENTS, (at + 1) * BATCH_EVENTS),
    );

    // Records have no ids of their own, and their keys are remembered for a day only.
    for (const [at, record] of again ? [] : RECORDS.entries()) {
      await send("POST", "/data", record, { "idempotency-key": `demo-record-${at}` });
    }
    await inParallel(batches, REQUESTS_AT_ONCE, (batch) => send("POST", "/events", batch));
    await inParallel(customers, REQUESTS_AT_ONCE, ({ customerId, profile }) =>
      send("PUT", `/customers/${customerId}`, profile),
    );
    if ((await send("GET", FLOW_PATH)).status === 404) {
      await playRequestFlow({
        url,
        awsUrl,
        token,
        organizationID: SAMPLE_USER.organizationId,
        topicArn: LOGS_TOPIC_ARN,
        transactionId: FLOW_ID,
      });
    }
    await waitUntilCounted(send, events);
    const trace = await followTrace(send, FLOW_ID);

    const title = `The demo ${again ? "is there" : "was played"}: ${customers.length} customers with ${events.length} events in the month from ${start.toISOString().slice(0, 10)}, and ${RECORDS.length} records of ${SAMPLE_USER.sub}.`;
    const flow = `A request went through three servers to the platform: ${url}${FLOW_PATH}\n\n${traceLines(
      trace,
    )
      .map((line) => `  ${line}\n`)
      .join("")}`;
    return `${title}\n${flow}\nLook at it with the token from above:\n\n${[
      ...commands(url),
      curl(url, FLOW_PATH),
    ]
      .map((line) => `  ${line}\n`)
      .join("")}`;
  } catch (error) {
    return `The demo was not played to its end: ${error instanceof Error ? error.message : String(error)}.`;
  }
};
