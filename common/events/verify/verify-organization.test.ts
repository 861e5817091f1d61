import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Item, queryAll } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { appendToChain } from "../append/append.ts";
import { type BlockEvent, checksumOf, placeEvents } from "../chain/block.ts";
import { blockFromItem, blockToItem } from "../chain/block-item.ts";
import { digestOf } from "../chain/hash.ts";
import type { ChainId } from "../event.ts";
import { blockKey, blocksFrom, chainPartition, eventKey, headKey } from "../keys.ts";
import { entriesOf } from "../lists/run.ts";
import { changeEvents, EXTRA, replace } from "../testing/changed-blocks.ts";
import { eventMessage } from "../testing/events.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyOrganization } from "./verify-organization.ts";

const CHAIN: ChainId = { epoch: 1, number: 0 };
const EVENTS_A_BLOCK = 5;

/** A chain of so many blocks of five events; some have details, one of them a large one. */
const setup = async (blocks = 4, { pageBytesMax = 1_048_576 } = {}) => {
  const store = memoryTable({ pageBytesMax });
  for (let block = 0; block < blocks; block += 1) {
    const numbers = Array.from({ length: EVENTS_A_BLOCK }, (_, index) => block * EVENTS_A_BLOCK + index + 1);
    const messages = numbers.map((number) =>
      eventMessage(number, {
        ...(number % 2 === 0 ? { detail: { number } } : {}),
        ...(number === 7 ? { detail: "x".repeat(5_000) } : {}),
      }),
    );
    await appendToChain({ store, announce: async () => {} }, "demo", CHAIN, messages);
  }
  return store;
};

const verify = (store: MemoryTable) => verifyChain(store, "demo", CHAIN);

const verifyDeep = async (store: MemoryTable) => {
  const { brokenAt: fault } = await verifyOrganization(store, "demo", { deep: true });
  return { ...(fault ? { fault } : {}) };
};

describe("verifying a chain in order", () => {
  it("an untouched chain is valid, its lists too, and every event of it is counted", async () => {
    const store = await setup();

    expect(await verify(store)).toMatchObject({
      checked: 20,
      complete: true,
      end: { number: 4, sequence: 20 },
    });
    expect(await verifyDeep(store)).not.toHaveProperty("fault");
    expect(await verifyOrganization(store, "demo", { deep: true })).toMatchObject({
      valid: true,
      checked: 20,
      complete: true,
    });
  });

  it("no events are a valid chain", async () => {
    expect(await verifyOrganization(memoryTable(), "demo")).toMatchObject({ valid: true, checked: 0 });
  });

  it.for([
    ["description", { description: "Number 999" }],
    ["customer", { customerId: "customer-9" }],
    ["type", { type: "account.closed" }],
    ["date", { date: "2020-01-01T00:00:00.000Z" }],
    ["actor", { actor: "somebody" }],
    ["detail", { detail: { number: 1 } }],
    ["recordedAt", { recordedAt: "2020-01-01T00:00:00.000Z" }],
    ["eventId", { eventId: "event-999" }],
    ["salt", { salt: "BBBBBBBBBBBBBBBBBBBBBB" }],
  ] as const)("names an event whose %s was changed", async ([, more]) => {
    const store = await setup();
    changeEvents(store, CHAIN, 3, replace(2, more));

    const { fault, checked } = await verify(store);

    expect(fault).toMatchObject({
      kind: "changed",
      block: 3,
      sequence: 13,
      eventId: "eventId" in more ? more.eventId : "event-13",
    });
    expect(checked).toBe(10);
  });

  it("names removed, inserted and reordered events", async () => {
    const removed = await setup();
    changeEvents(removed, CHAIN, 2, (events) => events.toSpliced(3, 1));
    const inserted = await setup();
    changeEvents(inserted, CHAIN, 2, (events) => events.toSpliced(3, 0, EXTRA));
    const reordered = await setup();
    changeEvents(reordered, CHAIN, 2, ([a, b, ...rest]) => [b, a, ...rest].flatMap((event) => event ?? []));

    expect((await verify(removed)).fault).toMatchObject({ kind: "removed", block: 2, sequence: 9 });
    expect((await verify(inserted)).fault).toMatchObject({ kind: "inserted", sequence: 9, eventId: "extra" });
    expect((await verify(reordered)).fault).toMatchObject({
      kind: "reordered",
      sequence: 6,
      eventId: "event-7",
    });
  });

  it("names removed, swapped and unreadable blocks", async () => {
    const removed = await setup();
    removed.tamper(blockKey("demo", CHAIN, 2), () => undefined);
    const swapped = await setup();
    const [, second, third] = await queryAll(swapped, {
      pk: chainPartition("demo", CHAIN),
      ...blocksFrom(0),
    });
    swapped.tamper(blockKey("demo", CHAIN, 2), (item) => ({ ...(third as Item), sk: item.sk }));
    swapped.tamper(blockKey("demo", CHAIN, 3), (item) => ({ ...(second as Item), sk: item.sk }));
    const unreadable = await setup();
    unreadable.tamper(blockKey("demo", CHAIN, 4), (item) => ({ ...item, events: new Uint8Array([1, 2, 3]) }));

    expect((await verify(removed)).fault).toMatchObject({ kind: "removed", block: 2, sequence: 6 });
    expect((await verify(swapped)).fault).toMatchObject({ kind: "reordered", block: 2, sequence: 6 });
    expect((await verify(unreadable)).fault).toMatchObject({ kind: "changed", block: 4, sequence: 16 });
  });

  it("finds a block that was changed together with its checksums, and with its own hash", async () => {
    const forged = await setup();
    changeEvents(forged, CHAIN, 2, replace(0, { description: "another" }), { forge: true });
    const rehashed = await setup();
    rehashed.tamper(blockKey("demo", CHAIN, 2), (item) => {
      const block = blockFromItem("demo", CHAIN, item);
      const events = replace(0, { description: "another" })(block.events);
      const hash = placeEvents("demo", CHAIN, block, events).at(-1)?.hash ?? "";
      return blockToItem({ ...block, events, hash, checksums: events.map(checksumOf) });
    });

    expect((await verify(forged)).fault).toMatchObject({ kind: "changed", block: 2 });
    expect((await verify(rehashed)).fault).toMatchObject({ kind: "changed", block: 3 });
  });

  it("finds a cut-off end by the head, and a chain that was cut or rewritten with its head by an anchor", async () => {
    const cut = await setup();
    const anchor = (await verify(cut)).end;
    cut.tamper(blockKey("demo", CHAIN, 4), () => undefined);
    expect((await verify(cut)).fault).toMatchObject({ kind: "removed", block: 4, sequence: 16 });

    const earlier = await setup(3);
    const head = await earlier.get(headKey("demo", CHAIN));
    cut.tamper(headKey("demo", CHAIN), () => head);
    expect((await verify(cut)).fault).toBeUndefined();
    expect((await verifyChain(cut, "demo", CHAIN, { from: anchor })).fault).toMatchObject({
      kind: "removed",
      block: 4,
    });

    const rewritten = memoryTable();
    const others = Array.from({ length: 20 }, (_, index) => eventMessage(index + 1, { type: "other" }));
    for (let start = 0; start < 20; start += 5) {
      const deps = { store: rewritten, announce: async () => {} };
      await appendToChain(deps, "demo", CHAIN, others.slice(start, start + 5));
    }
    expect((await verify(rewritten)).fault).toBeUndefined();
    expect((await verifyChain(rewritten, "demo", CHAIN, { from: anchor })).fault).toMatchObject({
      kind: "changed",
    });
  });

  it("finds a text that was changed under its old digest, with the salt taken out", async () => {
    const store = await setup();
    const bare = {
      salt: "",
      digest: digestOf(eventMessage(6).salt, { description: "Number 6", detail: { number: 6 } }),
    };
    changeEvents(store, CHAIN, 2, replace(0, { ...bare, description: "other" }), { forge: true });

    expect((await verify(store)).fault).toMatchObject({ kind: "detail", sequence: 6, eventId: "event-6" });
  });

  it("finds a head that says another hash", async () => {
    const store = await setup();
    store.tamper(headKey("demo", CHAIN), (item) => ({ ...item, hash: "A".repeat(43) }));

    expect((await verify(store)).fault).toMatchObject({ kind: "head", block: 4, sequence: 20 });
  });

  it("finds a changed or missing large detail", async () => {
    const store = await setup();
    const pk = store.items().find((item) => item.pk.includes("#detail#"))?.pk ?? "";
    store.tamper({ pk, sk: "detail" }, (item) => ({ ...item, detail: '"other"' }));
    expect((await verify(store)).fault).toMatchObject({ kind: "detail", sequence: 7, eventId: "event-7" });

    store.tamper({ pk, sk: "detail" }, () => undefined);
    expect((await verify(store)).fault).toMatchObject({ kind: "detail", sequence: 7, eventId: "event-7" });
  });

  it("when deep, finds whatever was changed or hidden in what readers see", async () => {
    const whole = await setup();
    const derived = whole.items().filter(({ pk }) => !/#(chain|detail)#/.test(pk));
    expect(derived.length).toBeGreaterThan(40);
    for (const { pk, sk } of derived) {
      const store = await setup();
      store.tamper({ pk, sk }, () => undefined);
      expect((await verifyDeep(store)).fault, `${pk} ${sk}`).toMatchObject({ kind: "list" });
    }
    const changed = await setup();
    changed.tamper(eventKey("demo", "event-8"), (item) => ({ ...item, actor: "somebody" }));
    expect((await verifyDeep(changed)).fault).toMatchObject({
      kind: "list",
      eventId: "event-8",
      sequence: 8,
    });
    expect((await verify(changed)).fault).toBeUndefined();
    const run = derived.find(({ pk }) => pk.includes("#time#"));
    const listed = await setup();
    listed.tamper(run ?? { pk: "", sk: "" }, (item) => ({
      ...item,
      entries: JSON.stringify(entriesOf(item).map((entry) => ({ ...entry, description: "other" }))),
    }));
    expect((await verifyDeep(listed)).fault).toMatchObject({ kind: "list", block: 1 });
  });

  it("goes on where it stopped, and says the same in pieces as at once", async () => {
    const store = await setup(6);
    changeEvents(store, CHAIN, 5, replace(1, { type: "other" }));
    let verdict = await verifyOrganization(store, "demo", { isTimeUp: () => true });
    let pieces = 1;
    for (; !verdict.complete; pieces += 1) {
      let blocks = 0;
      const isTimeUp = () => {
        blocks += 1;
        return blocks > 2;
      };
      verdict = await verifyOrganization(store, "demo", { isTimeUp, earlier: verdict.progress });
    }
    const { progress: _, ...atOnce } = await verifyOrganization(store, "demo");

    expect(verdict).toMatchObject(atOnce);
    expect(verdict.brokenAt).toMatchObject({ kind: "changed", sequence: 22 });
    expect(pieces).toBeGreaterThan(3);
  });

  it("finds any change of any block, wherever pages are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.nat({ max: 4 }),
        fc.constantFrom<keyof BlockEvent>(
          "description",
          "type",
          "date",
          "customerId",
          "eventId",
          "recordedAt",
        ),
        fc.string({ minLength: 1 }),
        fc.boolean(),
        async (block, index, field, value, forge) => {
          const store = await setup(4, { pageBytesMax: 2_000 });
          let same = false;
          changeEvents(
            store,
            CHAIN,
            block,
            (events) => {
              same = events[index]?.[field] === value;
              return replace(index, { [field]: value })(events);
            },
            { forge },
          );

          const { fault } = await verify(store);

          expect(fault === undefined).toBe(same);
          if (fault) expect(fault.block).toBe(block);
        },
      ),
      { numRuns: 60 },
    );
  });
});
