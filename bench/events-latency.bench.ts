import { eventKey } from "../common/events/keys.ts";
import { dynamodbTable } from "../common/table/dynamodb-table.ts";
import { type Table, textOf } from "../common/table/table.ts";
import { type System, startSystem } from "../local/testing/system.ts";
import { median, type Row } from "./row.ts";

/** Longest wait for one event; a rate that the machine cannot carry shows as this. */
const GIVEN_UP_MS = 60_000;

/** Requests under way at once: a client that is faster than the platform waits, and does not open sockets without end. */
const PARALLEL_MAX = 64;

/** From `POST /events` to readable by id, at a steady rate of requests, each with one event. */
const latencies = async (
  system: System,
  table: Table,
  perSecond: number,
  seconds: number,
  readsPerWrite = 0,
): Promise<number[]> => {
  const token = await system.token(["events.read", "events.write"]);
  const reader = await system.token(["events.read"]);
  const customers = 50;
  const posted: { eventId: string; startedAt: number }[] = [];
  const post = async (n: number): Promise<void> => {
    const startedAt = performance.now();
    const { status, body } = await system.call("POST /events", {
      token,
      body: { customerId: `customer-${n % customers}`, type: "measured", description: `Event number ${n}` },
    });
    if (status !== 202) throw new Error(`answered ${status}`);
    posted.push({ eventId: (body as { eventIds: string[] }).eventIds[0] ?? "", startedAt });
  };

  // Looks into the table as the reader does, but not through it: each read through the door is itself an
  // event, and polling would measure those.
  const found: number[] = [];
  const total = perSecond * seconds;
  const read = async (): Promise<void> => {
    const seen = new Set<string>();
    while (found.length < total) {
      const waiting = posted.filter(({ eventId }) => !seen.has(eventId));
      const items = await table.getMany(
        waiting.slice(0, 100).map(({ eventId }) => eventKey("demo", eventId)),
      );
      const there = new Set(items.map((item) => textOf(item, "eventId")));
      for (const { eventId, startedAt } of waiting) {
        if (!there.has(eventId)) continue;
        seen.add(eventId);
        found.push(performance.now() - startedAt);
      }
      if (waiting[0] && performance.now() - waiting[0].startedAt > GIVEN_UP_MS) {
        throw new Error("an event did not come in time");
      }
      await new Promise((again) => setTimeout(again, 5));
    }
  };
  const reading = read();
  const posting: Promise<void>[] = [];
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let n = 0; n < total; n += 1) {
    const wait = startedAt + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    while (underWay.size >= PARALLEL_MAX) await Promise.race(underWay);
    const one = post(n).finally(() => underWay.delete(one));
    underWay.add(one);
    posting.push(one);
    for (let reads = 0; reads < readsPerWrite; reads += 1) {
      posting.push(
        system.call("GET /events?limit=5&customerId=customer-1", { token: reader }).then(() => {}),
      );
    }
  }
  await Promise.all([...posting, reading]);
  return found;
};

export const run = async (): Promise<Row[]> => {
  const system = await startSystem();
  const operator = {
    AWS_ENDPOINT_URL: system.platform.awsUrl,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  Object.assign(process.env, { AWS_REGION: "us-east-1", ...operator });
  const table = dynamodbTable("millrace-local-events");
  try {
    await latencies(system, table, 5, 2);
    const rows: Row[] = [];
    for (const [perSecond, seconds, readsPerWrite, goal] of [
      [50, 8, 0, "≤ 1"],
      [20, 8, 2, "≤ 1"],
      [500, 4, 0, "–"],
    ] as const) {
      const ours = median(await latencies(system, table, perSecond, seconds, readsPerWrite));
      const beside = readsPerWrite > 0 ? ` beside ${perSecond * readsPerWrite} reads` : "";
      rows.push({
        what: `POST /events to readable, ${perSecond} per second${beside}, median`,
        against: "its limit",
        ours,
        theirs: 250,
        unit: "ms",
        ratio: ours / 250,
        goal,
      });
    }
    return rows;
  } finally {
    await system.stop();
  }
};
