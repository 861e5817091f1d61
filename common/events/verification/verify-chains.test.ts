import { describe, expect, it } from "vitest";
import type { Key } from "../keys.ts";
import { blockKey, detailKey, eventKey, headKey } from "../keys.ts";
import { type MemoryStore, memoryStore } from "../memory-store.ts";
import { eventMessage } from "../message.fixture.ts";
import { pack, unpack } from "../pack.ts";
import type { Item } from "../store.ts";
import { appendAll } from "./appended.fixture.ts";
import { verdictOf, verifyChains } from "./verify-chains.ts";

const CHAIN = { epoch: 1, number: 0 };

const messages = (count: number) =>
  Array.from({ length: count }, (_, number) =>
    eventMessage(number, number % 10 === 0 ? { detail: { text: "x".repeat(5_000), number } } : {}),
  );

const history = async (count = 400): Promise<MemoryStore> => {
  const store = memoryStore({ pageBytesMax: 20_000 });
  const audit = Array.from({ length: 20 }, (_, number) =>
    eventMessage(number, { eventId: `audit-${number}`, type: "audit", customerId: "-", audit: true }),
  );
  await appendAll(store, [...messages(count), ...audit]);
  return store;
};

const verify = (store: MemoryStore) => verdictOf(verifyChains(store, "demo"));

const changeEvents = (item: Item, change: (events: Record<string, unknown>[]) => unknown[]): Item => ({
  ...item,
  events: pack(JSON.stringify(change(unpack(item.events) as Record<string, unknown>[]))),
});

const inBlock =
  (change: (events: Record<string, unknown>[]) => unknown[], number = 3) =>
  (store: MemoryStore): void =>
    store.tamper(blockKey("demo", CHAIN, number), (item) => changeEvents(item, change));

const at =
  (key: Key, change: (item: Item) => Item | undefined) =>
  (store: MemoryStore): void =>
    store.tamper(key, change);

/** An event of the chain, so that its own item can be changed. */
const someEvent = (store: MemoryStore): string => {
  const item = store.items().find(({ sk, chain, block }) => sk === "event" && chain === 0 && block === 3);
  return String(item?.eventId);
};

describe("verifying an organization's chains", () => {
  it("finds nothing in a history as it was stored, and counts every event", async () => {
    expect(await verify(await history())).toEqual({ valid: true, checked: 420 });
    expect(await verify(memoryStore())).toEqual({ valid: true, checked: 0 });
  });

  it("takes events for granted that are in a block which is still being worked off", async () => {
    const store = await history(60);
    const last = store.items().filter(({ pk, sk }) => pk === "demo#chain#1-0" && sk !== "head").length;
    store.tamper(headKey("demo", CHAIN), (head) => {
      const block = store.items().find(({ sk }) => sk === blockKey("demo", CHAIN, last).sk);
      return {
        ...head,
        finished: last - 1,
        sequence: Number(block?.firstSequence) - 1,
        hash: String(block?.previousHash),
      };
    });

    expect(await verify(store)).toMatchObject({ valid: true });
  });

  it.each([
    ["changed text", inBlock(([first, ...rest]) => [{ ...first, description: "other" }, ...rest])],
    [
      "changed date",
      inBlock(([first, ...rest]) => [{ ...first, date: "2020-01-01T00:00:00.000Z" }, ...rest]),
    ],
    ["changed customer", inBlock(([first, ...rest]) => [{ ...first, customerId: "other" }, ...rest])],
    ["removed event", inBlock(([, ...rest]) => rest)],
    ["inserted event", inBlock(([first = {}, ...rest]) => [first, { ...first, eventId: "more" }, ...rest])],
    ["swapped events", inBlock(([first, second, ...rest]) => [second, first, ...rest])],
    ["taken-out salt", inBlock(([first, ...rest]) => [{ ...first, salt: "", digest: "x" }, ...rest])],
    ["missing block", at(blockKey("demo", CHAIN, 3), () => undefined)],
    ["block that cannot be read", at(blockKey("demo", CHAIN, 3), (item) => ({ ...item, events: "{" }))],
    ["changed head", at(headKey("demo", CHAIN), (item) => ({ ...item, hash: "other" }))],
    ["moved head", at(headKey("demo", CHAIN), (item) => ({ ...item, sequence: 1 }))],
  ])("finds a %s", async (_, change) => {
    const store = await history();
    change(store);

    const { valid, brokenAt } = await verify(store);

    expect(valid).toBe(false);
    expect(brokenAt).toMatchObject({
      chain: CHAIN,
      sequence: expect.any(Number),
      reason: expect.any(String),
    });
  });

  it("names the event that was changed, and where", async () => {
    const store = await history();
    let changed: unknown;
    inBlock(([first, second, ...rest]) => {
      changed = second?.eventId;
      return [first, { ...second, description: "other" }, ...rest];
    })(store);

    const { brokenAt } = await verify(store);

    expect(brokenAt?.eventId).toBe(changed);
    expect(brokenAt?.sequence).toBe(
      store.items().find(({ sk, eventId }) => sk === "event" && eventId === changed)?.sequence,
    );
  });

  it("finds a tail that was cut off", async () => {
    const store = await history();
    const blocks = store.items().filter(({ pk, sk }) => pk === "demo#chain#1-0" && sk !== "head");
    for (const { pk, sk } of blocks.slice(-2)) store.tamper({ pk, sk }, () => undefined);

    expect(await verify(store)).toMatchObject({
      valid: false,
      brokenAt: { reason: "what followed it was removed" },
    });
  });

  it("finds what was changed only where readers look", async () => {
    const store = await history();
    const eventId = someEvent(store);
    store.tamper(eventKey("demo", eventId), (item) => ({ ...item, description: "other" }));

    expect((await verify(store)).brokenAt).toMatchObject({
      eventId,
      reason: "the event that is read is not the one in the chain",
    });
  });

  it("finds an event that cannot be read any more, and a list that lost one", async () => {
    const store = await history();
    const eventId = someEvent(store);
    store.tamper(eventKey("demo", eventId), () => undefined);
    const lists = await history();
    const run = lists.items().find(({ pk, sk }) => pk.startsWith("demo#customer#") && sk.includes("#1-0#"));
    if (run) lists.tamper(run, () => undefined);

    expect((await verify(store)).brokenAt).toMatchObject({
      eventId,
      reason: "the event that is read is missing",
    });
    expect((await verify(lists)).brokenAt?.reason).toBe("a list that it stands in has lost it");
  });

  it("finds a large detail that was changed or taken away", async () => {
    for (const change of [() => undefined, (item: Item) => ({ ...item, detail: pack('{"other":1}') })]) {
      const store = await history();
      const detail = store.items().find(({ sk }) => sk === "detail");
      const digest = String(detail?.pk).split("#").at(-1) ?? "";
      store.tamper(detailKey("demo", digest), change);

      expect((await verify(store)).brokenAt?.reason).toMatch(/detail is missing|text was changed/);
    }
  });

  it("goes on from any place that a step told, and comes to the same end", async () => {
    const store = await history();
    const steps = await Array.fromAsync(verifyChains(store, "demo"));

    for (const [index, { place }] of steps.entries()) {
      const before = steps.slice(0, index + 1).reduce((sum, { events }) => sum + events, 0);
      const verdict = await verdictOf(verifyChains(store, "demo", place), { checked: before });
      expect(verdict).toEqual({ valid: true, checked: 420 });
    }
  });
});
