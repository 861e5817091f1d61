import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readHeads } from "../common/events/anchors/heads.ts";
import { appendToChain } from "../common/events/append/append.ts";
import { chainOf } from "../common/events/chain/chain-of.ts";
import { exportedEvents } from "../common/events/export/exported-events.ts";
import { type ExportedEvent, FORMATS } from "../common/events/export/formats.ts";
import { verifyFile } from "../common/events/verify/verify-file.ts";
import { verifyOrganization } from "../common/events/verify/verify-organization.ts";
import { type MemoryTable, memoryTable } from "../common/table/testing/memory-table.ts";
import { median, type Row } from "./row.ts";

const EVENTS = 20_000;
const BATCH = 500;
const ROUNDS = 5;

const GOALS: Record<string, string> = {
  "verify the table, lists too": "≥ 0.25",
  "verify a file": "≥ 0.4",
};

const history = async (): Promise<MemoryTable> => {
  const store = memoryTable();
  for (let start = 0; start < EVENTS; start += BATCH) {
    const messages = Array.from({ length: BATCH }, (_, index) => ({
      organizationId: "demo",
      eventId: `event-${start + index}`,
      customerId: `customer-${index % 50}`,
      type: index % 2 === 0 ? "opened" : "booked",
      description: `Transaction of ${index}.00 at the branch in the high street`,
      date: new Date(Date.UTC(2025, 0, 1) + (start + index) * 100).toISOString(),
      recordedAt: new Date(Date.UTC(2025, 0, 2)).toISOString(),
      salt: Buffer.from(String(start + index).padStart(16, "0")).toString("base64url"),
    }));
    for (const [number, group] of Map.groupBy(messages, (message) => chainOf(message).number)) {
      await appendToChain({ store, announce: async () => {} }, "demo", { epoch: 1, number }, group);
    }
  }
  return store;
};

/** By CPU time: nothing here waits for anything, and a busy machine takes its time from both sides. */
const eventsPerSecond = async (work: () => Promise<void> | void): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (EVENTS * 1_000_000) / (user + system);
};

/** Verifying against the least that it could be: parsing each event, and two hashes of its text. */
export const run = async (): Promise<Row[]> => {
  const store = await history();
  const query = { organizationId: "demo", types: [], words: [], order: "asc" } as const;
  const events = (await Array.fromAsync(exportedEvents(store, query, { provable: true }))).flat();
  const lines = events.map((event) => FORMATS.ndjson.row(event).trimEnd());
  const heads = await readHeads(store, "demo");
  const open = async function* () {
    yield* lines;
  };

  const works: Record<string, () => Promise<void>> = {
    "verify the table, lists too": async () => {
      const { valid, checked } = await verifyOrganization(store, "demo", { deep: true });
      assert(valid && checked === EVENTS);
    },
    "verify the table, blocks only": async () => {
      const { valid, checked } = await verifyOrganization(store, "demo");
      assert(valid && checked === EVENTS);
    },
    "verify a file": async () => {
      const { valid, checked } = await verifyFile(open, heads);
      assert(valid && checked === EVENTS);
    },
  };
  const least = (): void => {
    for (const line of lines) {
      const event = JSON.parse(line) as ExportedEvent;
      createHash("sha256").update(line).digest();
      createHash("sha256").update(event.description).digest();
    }
  };

  const rows: Row[] = [];
  for (const [what, work] of Object.entries(works)) {
    const rates: { ours: number; theirs: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.push({ ours: await eventsPerSecond(work), theirs: await eventsPerSecond(least) });
    }
    rows.push({
      what,
      against: "parsing and hashing alone",
      unit: "events/CPU s",
      ours: median(rates.map((rate) => rate.ours)),
      theirs: median(rates.map((rate) => rate.theirs)),
      ratio: median(rates.map((rate) => rate.ours / rate.theirs)),
      goal: GOALS[what] ?? "–",
    });
  }
  return rows;
};
