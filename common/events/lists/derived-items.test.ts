import { describe, expect, it } from "vitest";
import { type Block, checksumOf, placedEvents, toBlockEvent } from "../chain/block.ts";
import { blockFromItem, blockToItem } from "../chain/block-item.ts";
import { genesisHash } from "../chain/hash.ts";
import type { EventMessage } from "../event.ts";
import { fromRunEntry } from "../event.ts";
import { timePartitions } from "../keys.ts";
import { EventMessageSchema } from "../queue/event-message.schema.ts";
import { derivedItems } from "./derived-items.ts";
import { eventFromItem } from "./event-item.ts";
import { entriesOf } from "./run.ts";

const CHAIN = { epoch: 1, number: 2 };

const message = (number: number, more: Partial<EventMessage> = {}): EventMessage => ({
  organizationId: "demo",
  eventId: `event-${number}`,
  customerId: `customer-${number % 3}`,
  type: number % 2 === 0 ? "opened" : "clo#sed 😀",
  description: `Number ${number}`,
  date: new Date(Date.UTC(2025, 0, 1) + number * 400).toISOString(),
  recordedAt: "2025-01-02T00:00:00.000Z",
  salt: "AAAAAAAAAAAAAAAAAAAAAA",
  ...more,
});

const blockOf = (messages: EventMessage[], chain = CHAIN): Block => {
  const events = messages.map(toBlockEvent);
  const start = { firstSequence: 1, previousHash: genesisHash("demo", chain) };
  const block = { organizationId: "demo", chain, number: 1, ...start, hash: "", events };
  const whole = { ...block, checksums: events.map(checksumOf) };
  return { ...whole, hash: placedEvents(whole).at(-1)?.hash ?? "" };
};

describe("the items of a block", () => {
  it("a block reads back as it was written", () => {
    const block = blockOf([message(1), message(2, { detail: { a: [1, null] }, actor: "bob" })]);

    expect(blockFromItem("demo", CHAIN, blockToItem(block))).toEqual(block);
  });

  it("an event stands in its own item and in the lists by time, type and customer", () => {
    const block = blockOf(Array.from({ length: 20 }, (_, number) => message(number, { detail: { number } })));
    const items = derivedItems(block);
    const stored = items.filter(({ sk }) => sk === "event").map((item) => eventFromItem("demo", item).event);
    const listed = (list: string) =>
      items
        .filter(({ pk }) => pk.startsWith(`demo#${list}#`))
        .flatMap((item) => entriesOf(item).map((entry) => fromRunEntry("demo", CHAIN, entry)));

    expect(stored).toHaveLength(20);
    for (const list of ["time", "type", "customer"]) {
      const bySequence = listed(list).sort((a, b) => a.chain.sequence - b.chain.sequence);
      expect(bySequence).toMatchObject(stored.map(({ detail: _, ...event }) => event));
    }
    expect(new Set(items.map(({ pk, sk }) => `${pk} ${sk}`)).size).toBe(items.length);
    expect(items.filter(({ pk }) => timePartitions("demo").includes(pk)).length).toBeLessThan(20);
  });

  it("an audit event stands in its own item and in the audit list only", () => {
    const items = derivedItems(blockOf([message(1), message(2)], { epoch: 0, number: 0 }));

    expect(items.map(({ pk }) => pk)).toEqual(["demo#event#event-1", "demo#event#event-2", "demo#audit"]);
  });

  it("a message of the queue passes its schema, and one with a field more does not", () => {
    expect(EventMessageSchema.faults(message(1, { detail: null }))).toEqual([]);
    expect(EventMessageSchema.faults({ ...message(1), more: 1 })).toHaveLength(1);
  });
});
