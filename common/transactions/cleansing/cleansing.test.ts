import { describe, expect, it } from "vitest";
import type { StoredReceipt } from "#common/imports/registration.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { messagesFromOutbox } from "../announcing/outbox.ts";
import { makeDecide } from "../loading/load.ts";
import type { Receipt } from "../loading/receipt.ts";
import { makeTakeBack } from "../loading/take-back.ts";
import { aFileRow, anImport, fileRows } from "../testing/files.ts";
import { makeChangeRows } from "./change-rows.ts";
import { delayOf } from "./cleanse-rows.ts";
import { messagesOfReceipts } from "./cleansing-message.ts";
import { withAnswer } from "./question.ts";

const setup = (asksVendor: boolean) => {
  const table = memoryTable();
  const now = () => Date.UTC(2026, 2, 10);
  const deps = { table, now, rulesOf: () => undefined, register: async () => {}, asksVendor };
  let numbers = 0;
  return {
    table,
    load: async (description: string) => {
      numbers += 1;
      const facts = anImport(numbers);
      const rows = fileRows([aFileRow({ transactionId: "t1", description })]);
      const { writes, receipt } = await makeDecide(deps)({ import: facts, rows });
      await table.transact(writes);
      return { facts, receipt };
    },
    /** What the outbox then says. */
    takeBack: async ({ facts, receipt }: { facts: ReturnType<typeof anImport>; receipt: Receipt }) => {
      const { writes } = await makeTakeBack(deps)(receipt, facts, () => false);
      await table.transact(writes);
      const outbox = table.items().filter(({ sk }) => sk.startsWith("outbox#"));
      return outbox.flatMap(({ toCleanse }) =>
        messagesFromOutbox(toCleanse === undefined ? undefined : String(toCleanse)),
      );
    },
    answer: (description: string) =>
      makeChangeRows({ table, now, rulesOf: () => undefined })(
        { organizationId: "demo", accountId: "A1", transactionIds: ["t1"] },
        (row) => withAnswer(row, description, { confidence: 0.9, category: "Shopping" }),
      ),
  };
};

const aReceipt = (said: string[], more: Partial<StoredReceipt<Receipt>> = {}): StoredReceipt<Receipt> => ({
  chunk: 0,
  batch: 0,
  round: 0,
  receipt: [{ accountId: "A1", version: 1, owners: [], time: "", said, added: said }],
  ...more,
});

describe("what is asked after a load", () => {
  it("is all that the import says something of, in messages of one request each, once", () => {
    const ids = Array.from({ length: 250 }, (_, number) => `t${number}`);

    const messages = messagesOfReceipts("demo", [aReceipt(ids.slice(0, 150)), aReceipt(ids.slice(100))]);

    expect(messages.map(({ rows }) => rows.length)).toEqual([100, 100, 50]);
    const named = messages.flatMap(({ rows }) => rows.map(({ transactionId }) => transactionId));
    expect(named).toEqual(ids);
  });

  it("is nothing of what is said anew for a take-back", () => {
    expect(messagesOfReceipts("demo", [aReceipt(["t1"], { round: 3 })])).toEqual([]);
  });
});

describe("what is asked after a take-back", () => {
  const asked = [{ organizationId: "demo", rows: [{ accountId: "A1", transactionId: "t1" }] }];

  it("is what shows a description again that the vendor was not asked about last, with the very write", async () => {
    const { load, takeBack, answer } = setup(true);
    await load("COFFEE");
    const second = await load("GROCERY");
    await answer("GROCERY");

    expect(await takeBack(second)).toEqual(asked);
  });

  it("is nothing where the vendor's answer holds again", async () => {
    const { load, takeBack, answer } = setup(true);
    await load("COFFEE");
    await answer("COFFEE");
    const second = await load("GROCERY");

    expect(await takeBack(second)).toEqual([]);
  });

  it("is nothing without a vendor, and of what is gone", async () => {
    const alone = setup(false);
    await alone.load("COFFEE");
    expect(await alone.takeBack(await alone.load("GROCERY"))).toEqual([]);

    const { load, takeBack } = setup(true);
    expect(await takeBack(await load("COFFEE"))).toEqual([]);
  });
});

describe("an answer", () => {
  it("that comes when the row has another description already is not written", async () => {
    const { load, answer, table } = setup(true);
    await load("COFFEE");
    await load("GROCERY");
    const before = table.items();

    expect(await answer("COFFEE")).toBe(0);

    expect(table.items()).toEqual(before);
  });
});

describe("how long a message waits", () => {
  it.each([
    [{}, 0, 1],
    [{}, 3, 8],
    [{}, 30, 300],
    [{ seconds: 60 }, 3, 60],
    [{ seconds: 900 }, 0, 900],
  ])(
    "%j after %i tries: at least %i seconds and at most half as long again, 900 in all",
    (pause, tries, least) => {
      expect(delayOf(pause, tries, () => 0)).toBe(least);
      expect(delayOf(pause, tries, () => 1)).toBe(Math.min(900, Math.ceil(least * 1.5)));
    },
  );
});
