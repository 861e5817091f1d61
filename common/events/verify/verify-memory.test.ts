import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { queryAll, type Table } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { appendToChain } from "../append/append.ts";
import { blocksFrom, chainPartition } from "../keys.ts";
import { eventMessage } from "../testing/events.ts";
import { verifyChain } from "./verify-chain.ts";

const CHAIN = { epoch: 1, number: 0 };

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A table that counts the pages of which an item is still held. */
const watchPages = (table: MemoryTable) => {
  const pages: WeakRef<object>[] = [];
  let heldMax = 0;
  const store: Table = {
    ...table,
    queryPage: async (options) => {
      const page = await table.queryPage(options);
      // Copies, which only the caller can hold.
      const items = structuredClone(page.items);
      if (items[0]) pages.push(new WeakRef(items[0]));
      await new Promise(setImmediate);
      collectGarbage();
      heldMax = Math.max(heldMax, pages.filter((one) => one.deref()).length);
      return { ...page, items };
    },
  };
  return { store, pages, heldMax: () => heldMax };
};

describe("verifying a long chain", () => {
  it("holds the page that it works off and the next one, however long the chain is", async () => {
    const table = memoryTable({ pageBytesMax: 4_096 });
    for (let first = 0; first < 3_000; first += 50) {
      const messages = Array.from({ length: 50 }, (_, index) => eventMessage(first + index));
      await appendToChain({ store: table, announce: async () => {} }, "demo", CHAIN, messages);
    }
    const verified = watchPages(table);
    const collected = watchPages(table);

    const verdict = await verifyChain(verified.store, "demo", CHAIN);
    const all = await queryAll(collected.store, { pk: chainPartition("demo", CHAIN), ...blocksFrom(1) });

    expect(verdict).toMatchObject({ checked: 3_000, complete: true });
    expect(verified.pages.length).toBeGreaterThan(10);
    expect(verified.heldMax()).toBeLessThanOrEqual(2);
    // Who holds them all is seen to.
    expect(collected.heldMax()).toBe(collected.pages.length);
    expect(all).toHaveLength(60);
  });
});
