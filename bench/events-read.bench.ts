import assert from "node:assert/strict";
import type { EventMessage } from "../common/events/event.ts";
import { compareByDate, type EventQuery } from "../common/events/read/event-query.ts";
import { findPage } from "../common/events/read/find-page.ts";
import { matchBatches } from "../common/events/read/matches.ts";
import { anEvent, storeEvents } from "../common/events/testing/histories.ts";
import type { RawJson } from "../common/http/answers.ts";
import { makeCursors } from "../common/paging/cursor.ts";
import { noReadCost } from "../common/table/partition-reader.ts";
import type { Table } from "../common/table/table.ts";
import { memoryTable } from "../common/table/testing/memory-table.ts";
import { makeListEvents } from "../functions/events-reader/list-events.ts";
import { median, type Row } from "./row.ts";

const LIMIT = 25;
const EVENTS = 50_000;
const CUSTOMERS = 500;
const TYPES = ["transaction", "opened", "closed", "moved", "called", "mailed", "note", "limit-changed"];
const ROUNDS = 7;
const PAGES = 200;

const CALLER = { organizationId: "demo", userId: "alice" };
const ALL: EventQuery = { organizationId: "demo", types: [], words: [], order: "desc" };

/** Events of realistic size (350 B of JSON with detail), so many in each second. */
const makeHistory = (perSecond: number): EventMessage[] =>
  Array.from({ length: EVENTS }, (_, number) => {
    const amount = `${(number * 7) % 900}.${String((number * 13) % 100).padStart(2, "0")}`;
    return anEvent(`0199-${String((number * 7_919) % EVENTS).padStart(8, "0")}-transaction`, {
      customerId: `customer-${(number * 31) % CUSTOMERS}`,
      type: TYPES[number % TYPES.length] ?? "",
      description: `Transaction of ${amount} at the corner store in street ${number % 97}`,
      actor: `teller-${number % 40}`,
      date: new Date(Date.UTC(2025, 0, 1) + (number * 1_000) / perSecond).toISOString(),
      detail: { amount, currency: "EUR", account: `account-${number % 3_000}`, terminal: number % 211 },
    });
  });

/** As the persister would: a batch holds what came in within a second, 1,000 at the most. */
const fill = async (history: readonly EventMessage[], perSecond: number) => {
  const store = memoryTable();
  const batch = Math.min(1_000, perSecond);
  for (let start = 0; start < history.length; start += batch) {
    await storeEvents(store, history.slice(start, start + batch), { block: start + 1 });
  }
  return store;
};

/** DynamoDB's price, eventually consistent: 0.5 for each 4 KB begun, of a query or of an item of BatchGet. */
const tallied = (store: Table) => {
  const tally = { calls: 0, readUnits: 0 };
  const sizeOf = (item: object) => Buffer.byteLength(JSON.stringify(item));
  return {
    tally,
    store: {
      ...store,
      // A block that a list is held against.
      get: async (key: Parameters<Table["get"]>[0]) => {
        const item = await store.get(key);
        tally.calls += 1;
        tally.readUnits += Math.ceil(sizeOf(item ?? {}) / 4_096) / 2;
        return item;
      },
      getMany: async (keys: Parameters<Table["getMany"]>[0]) => {
        const items = await store.getMany(keys);
        tally.calls += Math.ceil(keys.length / 100);
        for (const item of items) tally.readUnits += Math.ceil(sizeOf(item) / 4_096) / 2;
        return items;
      },
    },
  };
};

const listing = (store: Table) => {
  const cursors = makeCursors({ keys: async () => new Uint8Array(32) });
  const { prepare } = makeListEvents({ store, cursors, now: Date.now });
  return async (filters: object, cursor?: string) => {
    const read = await prepare(CALLER, "GET /events", {
      limit: LIMIT,
      ...filters,
      ...(cursor ? { cursor } : {}),
    });
    return JSON.parse(((await read()).body as RawJson).text) as {
      items: { eventId: string; date: string }[];
      cursor: string | null;
    };
  };
};

/** Calls and read units of a page in the middle of a walk, with the details that lists leave out. */
const costOf = async (store: Table, query: EventQuery, details: boolean) => {
  const { tally, store: counted } = tallied(store);
  const first = await findPage({ store, now: () => 0 }, query, { limit: LIMIT });
  const cost = noReadCost();
  const found = await findPage({ store: counted, now: () => 0 }, query, {
    limit: LIMIT,
    after: first.next,
    cost,
  });
  assert.equal(found.matches.length, LIMIT);
  if (details) {
    const { completeEvents } = await import("../common/events/read/complete-events.ts");
    await completeEvents(counted, "demo", found.matches);
  }
  return { calls: cost.queries + tally.calls, readUnits: cost.readUnits + tally.readUnits };
};

const PATTERNS: { name: string; query: Partial<EventQuery>; calls: number; readUnits: number }[] = [
  { name: "customer", query: { customerId: "customer-31" }, calls: 2, readUnits: 14 },
  {
    name: "customer and 2 types",
    query: { customerId: "customer-31", types: ["opened", "moved"] },
    calls: 2,
    readUnits: 14,
  },
  { name: "1 type", query: { types: ["opened"] }, calls: 5, readUnits: 15 },
  { name: "3 types", query: { types: ["closed", "note", "opened"] }, calls: 13, readUnits: 19 },
  { name: "dates only", query: { to: "2025-01-01T00:05:00.000Z" }, calls: 5, readUnits: 15 },
];

/** Pages of a walk over the whole list by CPU second; medians. */
const pagesPerCpuSecond = async (page: (number: number) => Promise<number>): Promise<number> => {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let number = 0; number < PAGES; number += 1) assert.equal(await page(number), LIMIT);
    const { user, system } = process.cpuUsage(before);
    rates.push(PAGES / ((user + system) / 1e6));
  }
  return median(rates);
};

/** The least that any reader does: the page's items stand sorted, each is parsed, and all written as one answer. */
const plainReader = (history: readonly EventMessage[]) => {
  const items = history.toSorted(compareByDate).map((event) => JSON.stringify(event));
  return async (number: number): Promise<number> => {
    const start = (number * LIMIT) % (items.length - LIMIT);
    const page = items.slice(start, start + LIMIT).map((text) => JSON.parse(text));
    const answer = JSON.stringify({ items: page, cursor: String(number) });
    return (JSON.parse(answer) as { items: unknown[] }).items.length;
  };
};

const speedRows = async (store: Table, history: readonly EventMessage[], how: string): Promise<Row[]> => {
  const list = listing(store);
  const walkOf = (filters: object) => {
    let cursor: string | undefined;
    return async (): Promise<number> => {
      const page = await list(filters, cursor);
      cursor = page.cursor ?? undefined;
      return page.items.length;
    };
  };
  const theirs = await pagesPerCpuSecond(plainReader(history));
  const rows: Row[] = [];
  for (const [name, filters] of [
    ["dates only", {}],
    ["1 type", { type: ["opened"] }],
  ] as const) {
    const ours = await pagesPerCpuSecond(walkOf(filters));
    const what = `pages of 25, ${name}, ${how}`;
    rows.push({
      what,
      against: "parse and write 25 texts",
      ours,
      theirs,
      unit: "per CPU s",
      ratio: ours / theirs,
      goal: "–",
    });
  }
  const before = process.cpuUsage();
  const cost = noReadCost();
  let count = 0;
  for await (const batch of matchBatches(store, ALL, { cost })) count += batch.length;
  assert.equal(count, EVENTS);
  const { user, system } = process.cpuUsage(before);
  const perSecond = count / ((user + system) / 1e6);
  const units = cost.readUnits / (count / 1_000);
  const what = `events looked through, ${how}`;
  rows.push({
    what,
    against: "–",
    ours: perSecond,
    theirs: Number.NaN,
    unit: "per CPU s",
    ratio: Number.NaN,
    goal: "–",
  });
  rows.push({
    what,
    against: "design",
    ours: units,
    theirs: 7,
    unit: "RCU per 1,000",
    ratio: units / 7,
    goal: "–",
  });
  return rows;
};

export const run = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const [how, perSecond] of [
    ["1 event a second", 1],
    ["1,000 a second", 1_000],
  ] as const) {
    const history = makeHistory(perSecond);
    const store = await fill(history, perSecond);
    for (const { name, query, calls, readUnits } of PATTERNS) {
      const whole = {
        ...ALL,
        ...query,
        ...(perSecond === 1 || !query.to ? {} : { to: "2025-01-01T00:00:40.000Z" }),
      };
      const cost = await costOf(store, whole, true);
      const what = `page of 25, ${name}, ${how}`;
      rows.push({
        what,
        against: "design",
        ours: cost.calls,
        theirs: calls,
        unit: "calls",
        ratio: cost.calls / calls,
        goal: "≤ 1",
      });
      rows.push({
        what,
        against: "design",
        ours: cost.readUnits,
        theirs: readUnits,
        unit: "RCU",
        ratio: cost.readUnits / readUnits,
        // A page of a busy list holds one second of it, whatever its limit.
        goal: perSecond === 1 ? "≤ 1" : "–",
      });
    }
    rows.push(...(await speedRows(store, history, how)));
  }
  return rows;
};
