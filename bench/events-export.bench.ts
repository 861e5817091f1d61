import assert from "node:assert/strict";
import { fromRunEntry } from "../common/events/event.ts";
import { exportedEvents } from "../common/events/export/exported-events.ts";
import { type ExportFormat, FORMATS } from "../common/events/export/formats.ts";
import { readEvents } from "../common/events/lists/read-events.ts";
import { matches } from "../common/events/read/matches.ts";
import { endlessHistory } from "../scripts/soak/endless-history.ts";
import { measureExport } from "../scripts/soak/soak-export.ts";
import { median, type Row } from "./row.ts";

const EVENTS = 20_000;
const ROUNDS = 5;
/** Of a call of DynamoDB's; without it, reading ahead would have nothing to hide. */
const CALL_MS = 4;
const QUERY = { organizationId: "demo", types: [], words: [], order: "asc" } as const;

const slowHistory = (count: number) => {
  const store = endlessHistory(count);
  const wait = () => new Promise<void>((done) => setTimeout(done, CALL_MS));
  return {
    queryPage: async (options: Parameters<typeof store.queryPage>[0]) => {
      await wait();
      return store.queryPage(options);
    },
    get: store.get,
    getMany: async (keys: Parameters<typeof store.getMany>[0]) => {
      await wait();
      return store.getMany(keys);
    },
  };
};

const ours = async (name: ExportFormat, count: number): Promise<string> => {
  const format = FORMATS[name];
  let text = format.head;
  for await (const events of exportedEvents(slowHistory(count), QUERY, format)) {
    text += events.map(format.row).join("");
  }
  return text;
};

/** The same, one batch after the other. */
const oneByOne = async (name: ExportFormat, count: number): Promise<string> => {
  const format = FORMATS[name];
  const store = slowHistory(count);
  let text = format.head;
  let batch: { entry: { eventId: string } }[] = [];
  const flush = async () => {
    const whole = await readEvents(
      store,
      "demo",
      batch.map(({ entry }) => entry.eventId),
    );
    for (const { entry } of batch) {
      const item = whole.get(entry.eventId);
      assert(item);
      text += format.row(format.provable ? { ...item.event, salt: item.salt } : item.event);
    }
    batch = [];
  };
  for await (const match of matches(store, QUERY)) {
    assert(fromRunEntry("demo", match.chain, match.entry).eventId === match.entry.eventId);
    batch.push(match);
    if (batch.length === 100) await flush();
  }
  await flush();
  return text;
};

const eventsPerSecond = async (work: () => Promise<unknown>, count: number): Promise<number> => {
  const began = performance.now();
  await work();
  return (count * 1000) / (performance.now() - began);
};

const speed = async (name: ExportFormat): Promise<Row> => {
  assert.equal(await ours(name, 500), await oneByOne(name, 500));
  const rates: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.push({
      ours: await eventsPerSecond(() => ours(name, EVENTS), EVENTS),
      theirs: await eventsPerSecond(() => oneByOne(name, EVENTS), EVENTS),
    });
  }
  return {
    what: `export as ${name}, calls of ${CALL_MS} ms`,
    against: "one batch after the other",
    unit: "events/s",
    ours: median(rates.map((rate) => rate.ours)),
    theirs: median(rates.map((rate) => rate.theirs)),
    ratio: median(rates.map((rate) => rate.ours / rate.theirs)),
    goal: "≥ 1.1",
  };
};

/** Memory of a long export against that of a short one, in this order: garbage of the long one is not the short one's. */
const memory = async (): Promise<Row> => {
  const short = await measureExport(50_000, "ndjson");
  const long = await measureExport(400_000, "ndjson");
  return {
    what: "export of 400,000 events, memory",
    against: "export of 50,000",
    unit: "MB",
    ours: long.peakMb,
    theirs: short.peakMb,
    ratio: long.peakMb / short.peakMb,
    goal: "≤ 1.5",
  };
};

/** Exports from a history that is made as it is read: speed with calls that take time, and memory. */
export const run = async (): Promise<Row[]> => [await memory(), await speed("csv"), await speed("ndjson")];
