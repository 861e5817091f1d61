import { placeEvents } from "#common/events/chain/block.ts";
import { genesisHash } from "#common/events/chain/hash.ts";
import type { EventMessage } from "#common/events/event.ts";
import { secondOf, timePartition } from "#common/events/keys.ts";
import { eventToItem } from "#common/events/lists/event-item.ts";
import { pack } from "#common/table/packed-json.ts";
import type { Item, Table } from "#common/table/table.ts";

/** Events of one second in the one run that holds them: what a busy organization's runs look like. */
const RUN = 50;
const RUNS_OF_A_PAGE = 100;
const CHAIN = { epoch: 1, number: 0 };
const START = Date.UTC(2020, 0, 1);

const messageOf = (number: number): EventMessage => ({
  organizationId: "demo",
  eventId: `event-${String(number).padStart(9, "0")}`,
  customerId: `customer-${number % 5_000}`,
  type: ["account.opened", "transaction.booked", "address.changed"][number % 3] ?? "",
  description: `Transaction ${number} of ${number % 997}.00 at the branch in the high street`,
  date: new Date(START + Math.floor(number / RUN) * 1_000 + (number % RUN)).toISOString(),
  actor: `teller-${number % 40}`,
  detail: { amount: `${number % 997}.00`, currency: "EUR", reference: `ref-${number}` },
  recordedAt: new Date(START + number).toISOString(),
  salt: Buffer.from(String(number).padStart(16, "0")).toString("base64url"),
});

/** Each run begins a chain, because an export does not check links, and so none needs to be kept. */
const placed = (numbers: readonly number[]) => {
  const events = numbers.map((number) => {
    const { organizationId: _, ...event } = messageOf(number);
    return event;
  });
  const start = { firstSequence: (numbers[0] ?? 0) + 1, previousHash: genesisHash("demo", CHAIN) };
  return placeEvents("demo", CHAIN, start, events);
};

const runItem = (run: number): Item => {
  const events = placed(Array.from({ length: RUN }, (_, index) => run * RUN + index));
  const entries = events.map(({ detail: _, salt: __, ...entry }) => ({ ...entry, detailElsewhere: true }));
  const second = secondOf(events[0]?.date ?? "");
  return {
    pk: timePartition("demo", CHAIN),
    sk: `${second}#1-0#${String(run + 1).padStart(12, "0")}`,
    entries: pack(JSON.stringify(entries)),
  };
};

/**
 * A table with so many events that are made when they are read, so that all memory in use is the reader's. It
 * has the list by time, in one partition, and the events' own items.
 */
export const endlessHistory = (count: number): Pick<Table, "get" | "getMany" | "queryPage"> => {
  const runs = Math.ceil(count / RUN);
  return {
    get: async () => undefined,
    getMany: async (keys) =>
      keys.flatMap(({ pk }) => {
        const number = Number(/#event#event-(\d+)$/.exec(pk)?.[1]);
        const run = Math.floor(number / RUN);
        const [event] = placed([number]);
        return event ? [eventToItem("demo", CHAIN, run + 1, event)] : [];
      }),
    queryPage: async ({ pk, from = "", after }) => {
      if (pk !== timePartition("demo", CHAIN)) return { items: [] };
      const begin = after ?? from;
      const milliseconds = /^\d{4}-/.test(begin) ? Date.parse(`${begin.slice(0, 19)}Z`) - START : 0;
      const first = milliseconds / 1_000 + (after === undefined ? 0 : 1);
      const last = Math.min(runs, first + RUNS_OF_A_PAGE);
      const items = Array.from({ length: Math.max(0, last - first) }, (_, index) => runItem(first + index));
      const next = items.at(-1)?.sk;
      return { items, ...(last < runs && next !== undefined ? { next } : {}) };
    },
  };
};
