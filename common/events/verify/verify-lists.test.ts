import { describe, expect, it } from "vitest";
import { type Item, queryAll } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { appendToChain } from "../append/append.ts";
import { chainOf } from "../chain/chain-of.ts";
import { AUDIT_CHAIN } from "../event.ts";
import { auditPartition, timePartitions } from "../keys.ts";
import { entriesOf } from "../lists/run.ts";
import { eventMessage } from "../testing/events.ts";
import { verifyLists } from "./verify-lists.ts";
import { verifyOrganization } from "./verify-organization.ts";

const setup = async () => {
  const store = memoryTable();
  const deps = { store, announce: async () => {} };
  for (let number = 0; number < 40; number += 1) {
    const message = eventMessage(number);
    await appendToChain(deps, "demo", chainOf(message), [message]);
  }
  const audits = [eventMessage(100, { audit: true }), eventMessage(101, { audit: true })];
  await appendToChain(deps, "demo", AUDIT_CHAIN, audits);
  const { chains } = await verifyOrganization(store, "demo");
  return { store, deps, verdict: () => verifyLists(store, "demo", chains) };
};

/** A run of the list by time, with its entries changed. */
const changeRun = async (store: MemoryTable, change: (run: Item) => void) => {
  for (const pk of timePartitions("demo")) {
    const [run] = await queryAll(store, { pk });
    if (run) return change(run);
  }
  throw new Error("the list is empty");
};

describe("verifying the lists by time", () => {
  it("are valid when they hold every event once, audit events in their own", async () => {
    const { verdict } = await setup();

    expect(await verdict()).toEqual({ valid: true, checked: 42, changed: [], suspects: [] });
  });

  it("leaves out what was appended since the chains were verified", async () => {
    const { verdict, deps } = await setup();
    const later = eventMessage(200);
    await appendToChain(deps, "demo", chainOf(later), [later]);

    expect(await verdict()).toMatchObject({ valid: true, checked: 42 });
  });

  it("finds an event that no chain knows, one that is listed twice, and one that is not listed", async () => {
    const inserted = await setup();
    await changeRun(inserted.store, (run) =>
      inserted.store.tamper(run, (item) => {
        const [entry] = entriesOf(item);
        return {
          ...item,
          entries: JSON.stringify([...entriesOf(item), { ...entry, hash: "x", previousHash: "y" }]),
        };
      }),
    );
    const repeated = await setup();
    await changeRun(repeated.store, (run) =>
      repeated.store.putAll([{ ...run, sk: run.sk.replace(/^\d{4}/, "2031") }]),
    );
    const missing = await setup();
    await changeRun(missing.store, (run) => missing.store.tamper(run, () => undefined));
    const moved = await setup();
    const [audit] = await queryAll(moved.store, { pk: auditPartition("demo") });
    moved.store.tamper(audit ?? { pk: "", sk: "" }, () => undefined);

    for (const { verdict } of [inserted, repeated, missing, moved])
      expect((await verdict()).valid).toBe(false);
  });
});
