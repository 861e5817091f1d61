import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Item } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { log } from "#common/telemetry/log.ts";
import { readHeads } from "../anchors/heads.ts";
import { chainPartition, headKey } from "../keys.ts";
import { readEvents, readProvenEvent } from "../lists/read-events.ts";
import { completeEvents } from "../read/complete-events.ts";
import type { EventQuery } from "../read/event-query.ts";
import { findPage } from "../read/find-page.ts";
import { appendAll } from "../testing/append-all.ts";
import { eventMessage } from "../testing/events.ts";
import { verifyOrganization } from "./verify-organization.ts";

vi.mock(import("#common/telemetry/log.ts"), async (original) => ({ ...(await original()), log: vi.fn() }));

const ALL: EventQuery = { organizationId: "demo", types: [], words: [], order: "asc" };
const QUERIES: Partial<EventQuery>[] = [
  {},
  { order: "desc" },
  { types: ["audit"] },
  ...["account.opened", "account.closed", "forged"].map((type) => ({ types: [type] })),
  ...["customer-0", "customer-1", "customer-2", "forged"].map((customerId) => ({ customerId })),
  ...["customer-0", "forged"].map((about) => ({ about, types: ["audit"] })),
];

const messages = [
  ...Array.from({ length: 14 }, (_, number) =>
    eventMessage(number, {
      type: number % 2 === 0 ? "account.opened" : "account.closed",
      ...(number % 3 === 0 ? { recordedBy: "alice", targets: [{ type: "account", id: `a-${number}` }] } : {}),
      ...(number % 4 === 0 ? { detail: { number } } : {}),
      ...(number === 5 ? { detail: "x".repeat(5_000) } : {}),
    }),
  ),
  ...[100, 101, 102].map((number) =>
    eventMessage(number, {
      audit: true,
      type: "audit",
      customerId: "-",
      actor: "alice",
      recordedBy: "events-reader",
      ...(number === 102 ? {} : { targets: [{ type: "customer", id: `customer-${number % 2}` }] }),
    }),
  ),
];

/** A history of two batches, and what was anchored of it. */
const setup = async () => {
  const store = memoryTable({ pageBytesMax: 3_000 });
  await appendAll(store, messages, 6);
  const anchor = { key: "anchors/2025/01/31.json", heads: await readHeads(store, "demo") };
  const verify = () => verifyOrganization(store, "demo", { deep: true, anchor: async () => anchor });
  return { store, verify, anchor };
};

/** All that readers are shown, however they ask. */
const shown = async (store: MemoryTable): Promise<string> => {
  const answers: unknown[] = [];
  for (const query of QUERIES) {
    const deps = { store, now: () => 0 };
    const { matches, next } = await findPage(deps, { ...ALL, ...query }, { limit: 50 });
    answers.push(await completeEvents(store, "demo", matches), next);
  }
  for (const eventId of [...messages.map((message) => message.eventId), "forged"]) {
    answers.push((await readProvenEvent(store, "demo", eventId)) ?? null);
  }
  const whole = await readEvents(
    store,
    "demo",
    messages.map(({ eventId }) => eventId),
  );
  answers.push(messages.map(({ eventId }) => whole.get(eventId) ?? null));
  return JSON.stringify(answers);
};

const spoil = (value: Item[string], how: number): Item[string] => {
  if (typeof value === "number") return value + 1 + how;
  if (typeof value !== "string")
    return new Uint8Array([...value].map((byte, at) => (at === 5 ? ~byte : byte)));
  const texts = [`${value}x`, "", "forged", "[]", "null", "[null]", value.replace("customer", "customar")];
  return texts[how % texts.length] ?? "";
};

/** The same item under another key, one that readers may come by. */
const moved = (item: Item, how: number): Item => {
  const pks = [
    item.pk,
    item.pk.replace(/customer-\d/, "forged"),
    item.pk.replace(/customer-\d/, "customer-2"),
    item.pk.replace(/account\.\w+/, "forged"),
    item.pk.replace(/#(\d)$/, (_, shard) => `#${(Number(shard) + 1) % 4}`),
    item.pk.replace(/event-\d+$/, "forged"),
  ];
  const sks = [
    item.sk,
    item.sk.replace(/^2025/, "2031"),
    item.sk.replace(/^2025/, "1999"),
    item.sk.replace(/\d$/, "9"),
    item.sk.replace(/\d{12}$/, "999999999999"),
    item.sk.replace(/#1-/, "#9-"),
    item.sk.replace(/#.*/, "#x"),
  ];
  const pk = pks[how % pks.length] ?? item.pk;
  return { ...item, pk, sk: sks[Math.floor(how / pks.length) % sks.length] ?? item.sk };
};

type Write = { kind: "remove" | "change" | "insert" | "swap"; at: number; how: number };

const write = (store: MemoryTable, { kind, at, how }: Write): void => {
  const items = store.items();
  const item = items[at % items.length];
  if (!item) return;
  if (kind === "remove") store.tamper(item, () => undefined);
  if (kind === "insert") void store.putAll([moved(item, how)]);
  if (kind === "change") {
    const names = Object.keys(item).filter((name) => name !== "pk" && name !== "sk");
    const name = names[how % names.length] ?? "hash";
    store.tamper(item, (there) => ({ ...there, [name]: spoil(there[name] ?? "", how) }));
  }
  if (kind === "swap") {
    const other = items.filter(({ pk, sk }) => pk === item.pk && sk !== item.sk)[how % 3];
    if (other) store.tamper(item, ({ pk, sk }) => ({ ...other, pk, sk }));
  }
};

const writes: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom("remove", "change", "insert", "swap"),
  at: fc.nat(200),
  how: fc.nat(60),
});

describe("one write to the table by another hand", () => {
  it("is found by verifying whenever it changes anything that a reader is shown", async () => {
    const before = await shown((await setup()).store);
    const seen = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(writes, async (change) => {
        const { store, verify } = await setup();
        write(store, change);

        const noticed = (await shown(store)) !== before;
        const { valid } = await verify();

        if (noticed) seen.set(change.kind, (seen.get(change.kind) ?? 0) + 1);
        if (noticed) expect(valid).toBe(false);
      }),
      { numRuns: 400 },
    );

    expect([...seen.keys()].sort()).toEqual(["change", "insert", "remove", "swap"]);
    expect(log).toHaveBeenCalled();
  });

  it("is found by verifying for every item there is, changed, removed, or with one put beside it", async () => {
    const { store } = await setup();
    const before = await shown(store);
    const count = store.items().length;
    for (let at = 0; at < count; at += 1) {
      for (const change of [
        { kind: "remove", at, how: 0 } as const,
        { kind: "insert", at, how: 6 + (at % 24) } as const,
      ]) {
        const { store: tampered, verify } = await setup();
        const { pk, sk } = tampered.items()[at] ?? { pk: "", sk: "" };
        write(tampered, change);
        const noticed = (await shown(tampered)) !== before;
        if (noticed || change.kind === "remove") {
          expect((await verify()).valid, `${change.kind} ${pk} ${sk}`).toBe(false);
        }
      }
    }
  }, 120_000);

  it("never makes a verification fail, nor a reader, whatever it puts in place of an item", async () => {
    for (const value of [new Uint8Array([1, 2, 3]), "{", "null", "[null]", "[[]]", 7]) {
      const { store, verify } = await setup();
      for (const item of store.items()) {
        if ("entries" in item) store.tamper(item, (there) => ({ ...there, entries: value }));
      }

      expect(JSON.parse(await shown(store))).toHaveLength(2 * QUERIES.length + messages.length + 2);
      expect(await verify()).toMatchObject({ valid: false, brokenAt: { kind: "list" } });
    }
  });
});

describe("a table that only the platform wrote to", () => {
  it("is valid, wherever pages are cut, and while it grows", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 300, max: 20_000 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 6 }),
        async (pageBytesMax, batch, calls) => {
          const store = memoryTable({ pageBytesMax });
          await appendAll(store, messages, batch);
          let earlier: Awaited<ReturnType<typeof verifyOrganization>>["progress"] | undefined;
          let number = 200;
          for (let rounds = 0; ; rounds += 1) {
            expect(rounds).toBeLessThan(2_000);
            let asked = 0;
            const isTimeUp = () => ++asked > calls;
            const verdict = await verifyOrganization(store, "demo", { deep: true, isTimeUp, earlier });
            expect(verdict.brokenAt).toBeUndefined();
            if (verdict.complete) {
              expect(verdict.checked).toBeGreaterThanOrEqual(14);
              return;
            }
            earlier = JSON.parse(JSON.stringify(verdict.progress));
            number += 1;
            const audit = number % 3 === 0 ? ({ audit: true, type: "audit", customerId: "-" } as const) : {};
            if (number < 215) await appendAll(store, [eventMessage(number, { ...audit, date: OLDEST })]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Before all others: a list's first row is then one of a block that the verification does not know of. */
const OLDEST = "1999-01-01T00:00:00.000Z";

describe("a head", () => {
  it("that was rolled back or removed behind the anchor is found, with its blocks and without", async () => {
    for (const withTail of [true, false]) {
      for (const gone of [true, false]) {
        const { store, verify, anchor } = await setup();
        const { epoch, number } = anchor.heads.find((head) => head.epoch === 1) ?? { epoch: 1, number: 0 };
        const chain = { epoch, number };
        const blocks = store
          .items()
          .filter(({ pk, sk }) => pk === chainPartition("demo", chain) && sk !== "head");
        const first = blocks[0];
        store.tamper(headKey("demo", chain), (head) =>
          gone || !first
            ? undefined
            : { ...head, finished: 1, sequence: first.lastSequence ?? 0, hash: first.hash ?? "" },
        );
        if (withTail) for (const block of blocks.slice(1)) store.tamper(block, () => undefined);

        const { valid, anchor: held, brokenAt } = await verify();

        expect(valid).toBe(false);
        expect(held).toBe("anchors/2025/01/31.json");
        expect(["removed", "head", "list"]).toContain(brokenAt?.kind);
      }
    }
  });
});
