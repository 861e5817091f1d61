import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Entity } from "electrodb";
import { inParallel } from "../common/async/in-parallel.ts";
import { CLIENT_DEFAULTS } from "../common/aws/clients.ts";
import { appendToChain } from "../common/events/append/append.ts";
import { placeEvents, toBlockEvent } from "../common/events/chain/block.ts";
import { chainOf } from "../common/events/chain/chain-of.ts";
import type { EventMessage } from "../common/events/event.ts";
import { eventToItem } from "../common/events/lists/event-item.ts";
import { verifyChain } from "../common/events/verify/verify-chain.ts";
import { putWireItems } from "../common/table/bulk-put.ts";
import type { Item, Table } from "../common/table/table.ts";
import { memoryTable } from "../common/table/testing/memory-table.ts";
import { wirePlainItem } from "../common/table/wire.ts";
import { median, type Row } from "./row.ts";

const ROUNDS = 7;
const ITEMS = 5_000;
const TABLE = "bench";
const CHAIN = { epoch: 1, number: 0 };
const PARTS_AT_ONCE = 4;

const message = (number: number): EventMessage => ({
  organizationId: "demo",
  eventId: `0198c0de-0000-7000-8000-${String(number).padStart(12, "0")}`,
  customerId: `customer-${(number * 7_919) % 5_000}`,
  type: `transaction.${number % 8}`,
  description: `Transaction of ${number % 1_000}.00 at the branch in street ${number % 77}`,
  date: new Date(Date.UTC(2025, 0, 1) + number * 10).toISOString(),
  actor: `agent-${number % 50}`,
  recordedAt: new Date(Date.UTC(2025, 0, 1) + number * 10 + 5).toISOString(),
  salt: Buffer.from(String(number).padStart(16, "0")).toString("base64url"),
});

const makeItems = (): Item[] => {
  const messages = Array.from({ length: ITEMS }, (_, number) => message(number));
  const placed = placeEvents(
    "demo",
    CHAIN,
    { firstSequence: 1, previousHash: "start" },
    messages.map(toBlockEvent),
  );
  return placed.map((event) => eventToItem("demo", CHAIN, 1, event));
};

/** Work in parts of 25, as many at once as `sendInBatches` has. */
const inParts = async (items: readonly Item[], write: (part: Item[]) => Promise<unknown>): Promise<void> => {
  const parts = Array.from({ length: Math.ceil(items.length / 25) }, (_, part) =>
    items.slice(part * 25, part * 25 + 25),
  );
  await inParallel(parts, PARTS_AT_ONCE, write);
};

const text = { type: "string" } as const;
const number = { type: "number" } as const;

/** A key that is the attribute itself. */
const bare = <N extends string>(name: N): `\${${N}}` => `\${${name}}`;

const electroWriter = (client: DynamoDBClient) => {
  const entity = new Entity(
    {
      model: { entity: "event", version: "1", service: "events" },
      attributes: {
        pk: text,
        sk: text,
        ...{ eventId: text, customerId: text, type: text, description: text, date: text, actor: text },
        ...{ recordedAt: text, salt: text, epoch: number, chain: number, block: number, sequence: number },
        ...{ hash: text, previousHash: text },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["pk"], template: bare("pk"), casing: "none" },
          sk: { field: "sk", composite: ["sk"], template: bare("sk"), casing: "none" },
        },
      },
    } as const,
    { client, table: TABLE },
  );
  return (items: readonly Item[]) => entity.put(items as never).go({ concurrency: PARTS_AT_ONCE } as never);
};

/** Milliseconds of this thread's CPU. */
const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
};

const chainRows = async (): Promise<Row[]> => {
  const messages = Array.from({ length: 20_000 }, (_, index) => message(index));
  const appended: number[] = [];
  const verified: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const store = memoryTable();
    appended.push(
      await cpuOf(async () => {
        for (let start = 0; start < messages.length; start += 250) {
          const deps = { store, announce: async () => {} };
          await appendToChain(deps, "demo", CHAIN, messages.slice(start, start + 250));
        }
      }),
    );
    verified.push(
      await cpuOf(async () => {
        const { fault, checked } = await verifyChain(store, "demo", CHAIN);
        if (fault || checked !== messages.length) throw new Error("the chain is not what was appended");
      }),
    );
  }
  const perSecond = (times: readonly number[]) => (messages.length / median(times)) * 1_000;
  const none = { theirs: Number.NaN, ratio: Number.NaN, goal: "–", against: "–" };
  return [
    {
      what: "events chained, lists made, 250 a batch",
      ours: perSecond(appended),
      unit: "events/CPU s",
      ...none,
    },
    { what: "events verified in order", ours: perSecond(verified), unit: "events/CPU s", ...none },
  ];
};

/** Bytes as DynamoDB counts them for a write: names and values, a number some half a byte a digit. */
const sizeOf = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum +
      name.length +
      (typeof value === "string" ? Buffer.byteLength(value) : typeof value === "number" ? 8 : value.length),
    0,
  );

/** Write units of one batch of so many events of one organization within one second, in all chains together. */
const writeUnits = async (events: number): Promise<number> => {
  const table = memoryTable();
  let units = 0;
  const counted = <T>(items: readonly Item[], answer: T): T => {
    units += items.reduce((sum, item) => sum + Math.ceil(sizeOf(item) / 1_024), 0);
    return answer;
  };
  const store: Table = {
    ...table,
    putAll: (items) => counted(items, table.putAll(items)),
    putIfAbsent: (item) => counted([item], table.putIfAbsent(item)),
    putIfVersion: (item, version) => counted([item], table.putIfVersion(item, version)),
  };
  const messages = Array.from({ length: events }, (_, index) => ({
    ...message(index),
    eventId: randomUUID(),
    date: new Date(Date.UTC(2025, 0, 1) + (index % 1_000)).toISOString(),
  }));
  const groups = Map.groupBy(messages, (one) => chainOf(one).number);
  for (const [number, group] of groups) {
    await appendToChain({ store, announce: async () => {} }, "demo", { epoch: 1, number }, group);
  }
  return units / events;
};

const costRows = (): Promise<Row[]> =>
  Promise.all(
    [1, 10, 100, 500, 2_000].map(async (events) => ({
      what: `write units an event, ${events} a batch`,
      against: "an item and 3 index items",
      ours: await writeUnits(events),
      theirs: 4,
      unit: "units",
      ratio: (await writeUnits(events)) / 4,
      goal: "–",
    })),
  );

export const run = async (): Promise<Row[]> => {
  const worker = new Worker(resolve(import.meta.dirname, "stub-table.mjs"));
  const [{ port }] = (await once(worker, "message")) as [{ port: number }];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
  });
  const client = new DynamoDBClient(CLIENT_DEFAULTS);
  const documents = DynamoDBDocumentClient.from(client);
  const electro = electroWriter(client);
  const items = makeItems();
  const writers = {
    ours: async () => {
      const refused = await putWireItems(TABLE, items.map(wirePlainItem));
      if (refused.length > 0) throw new Error("the stub refuses nothing");
    },
    libDynamodb: () =>
      inParts(items, (part) =>
        documents.send(
          new BatchWriteCommand({
            RequestItems: { [TABLE]: part.map((Item) => ({ PutRequest: { Item } })) },
          }),
        ),
      ),
    electrodb: () => electro(items),
  };
  try {
    const results = new Set<string>();
    for (const write of Object.values(writers)) {
      worker.postMessage("keep");
      await write();
      worker.postMessage("digest");
      const [took] = (await once(worker, "message")) as [{ count: number; digest: string }];
      if (took.count !== ITEMS) throw new Error(`the table took ${took.count} of ${ITEMS} items`);
      results.add(took.digest);
    }
    if (results.size !== 1) throw new Error("the writers did not write the same items");
    const times: Record<keyof typeof writers, number[]> = { ours: [], libDynamodb: [], electrodb: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ["ours", "libDynamodb", "electrodb"] as const)
        times[name].push(await cpuOf(writers[name]));
    }
    const perSecond = (name: keyof typeof writers) => (ITEMS / median(times[name])) * 1_000;
    const row = (against: string, theirs: keyof typeof writers, goal: string): Row => ({
      what: "items put in batches",
      against,
      ours: perSecond("ours"),
      theirs: perSecond(theirs),
      unit: "items/CPU s",
      ratio: perSecond("ours") / perSecond(theirs),
      goal,
    });
    return [
      row("lib-dynamodb", "libDynamodb", "≥ 1.4"),
      row("ElectroDB", "electrodb", "–"),
      ...(await chainRows()),
      ...(await costRows()),
    ];
  } finally {
    await worker.terminate();
    client.destroy();
  }
};
