import { describe, expect, it } from "vitest";
import type { ImportFacts } from "#common/imports/registration.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { AccountEvent } from "../announcing/outbox.ts";
import { transactionsBehind } from "../keys.ts";
import { rowFromItem } from "../rows/row-item.ts";
import { shownOf } from "../rows/shown.ts";
import { aFileRow, anImport, fileRows } from "../testing/files.ts";
import type { TransactionRow } from "./file-row.ts";
import type { Receipt } from "./receipt.ts";
import { type TransactionImportsDeps, transactionImports } from "./transaction-imports.ts";

const setup = (over: Partial<TransactionImportsDeps> = {}) => {
  const table = memoryTable();
  const published: AccountEvent[] = [];
  const imports = transactionImports({
    table,
    defaultCurrency: "EUR",
    register: async () => {},
    publish: async (events) => void published.push(...events),
    now: () => Date.UTC(2026, 2, 5),
    ...over,
  });
  const decide = (rows: readonly TransactionRow[], facts: ImportFacts) =>
    imports.decide({ import: facts, rows: fileRows(rows) });
  return {
    imports,
    published,
    decide,
    load: async (rows: readonly TransactionRow[], facts: ImportFacts) => {
      const decision = await decide(rows, facts);
      if (decision.writes.length > 0) await table.transact(decision.writes);
      return decision;
    },
    takeBack: async (receipt: Receipt, facts: ImportFacts) => {
      const taken = await imports.takeBack(receipt, facts, () => false);
      await table.transact(taken.writes);
      return taken;
    },
    shown: async (accountId = "A1") => {
      const { items } = await table.queryPage({ pk: `demo#account#${accountId}`, ...transactionsBehind("") });
      return items.flatMap((item) => shownOf(rowFromItem(item), 0) ?? []);
    },
    /** What stands there but for versions, times and the feed's numbers, which only go up. */
    state: () =>
      table
        .items()
        .filter(({ sk }) => !sk.startsWith("segment#") && !sk.startsWith("outbox#"))
        .map(
          ({ version: _version, last: _last, spilled: _spilled, tail: _tail, updatedAt: _at, ...rest }) =>
            rest,
        ),
  };
};

const values = {
  accountId: "A1",
  transactionId: undefined,
  postedAt: "2026-03-01T00:00:00.000Z",
  amount: "-4.50",
  balance: undefined,
  currency: "EUR",
  description: "CORNER CAFE 12",
  type: "debit",
  status: "posted",
  checkNumber: undefined,
  memo: undefined,
  extra: undefined,
};

describe("a row of a file", () => {
  const { kind } = setup().imports;

  it("goes by the bank's id, or by one that follows from it where that can stand in no path", () => {
    expect(kind.rowOf({ ...values, transactionId: "T-1" })).toMatchObject({ transactionId: "T-1" });
    for (const bankId of ["T 1", "sync", "ä"]) {
      const row = kind.rowOf({ ...values, transactionId: bankId });
      expect(row).toMatchObject({ content: { bankId } });
      expect(row.transactionId).toMatch(/^mr-[\w-]{27}$/);
      expect(kind.identityOf(row)).toEqual({ key: `A1#${row.transactionId}`, given: true });
    }
  });

  it("without one is itself by what it says, save for balance and unknown columns, and by its status", () => {
    const key = (over: object) => kind.identityOf(kind.rowOf({ ...values, ...over })).key;

    expect(key({ balance: "1.00", extra: { branch: "12" } })).toBe(key({}));
    for (const over of [
      { status: "pending" },
      { memo: "x" },
      { checkNumber: "1" },
      { amount: "-4.51" },
      { accountId: "A2" },
    ]) {
      expect(key(over)).not.toBe(key({}));
    }
  });

  it("has its unknown columns in one order", () => {
    const [one, other] = [
      { a: "1", b: "2" },
      { b: "2", a: "1" },
    ].map((extra) => kind.rowOf({ ...values, extra }));

    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });
});

describe("a file that is loaded", () => {
  it("is sorted by the rules before it is shown for the first time", async () => {
    const { load, shown } = setup();

    await load([aFileRow({ description: "NETFLIX.COM" }), aFileRow({ description: "4711" })], anImport(1));

    expect(await shown()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          category: "Entertainment",
          categorySource: "rules",
          merchant: { name: "Netflix" },
        }),
        expect.objectContaining({ category: "Other", categorySource: "none" }),
      ]),
    );
  });

  it("counts twins apart, and the same file again as unchanged, without a write", async () => {
    const { load, decide, shown } = setup();
    const file = [aFileRow(), aFileRow(), aFileRow({ transactionId: "t1" })];

    expect(await load(file, anImport(1))).toMatchObject({ added: 3, changed: 0, unchanged: 0 });
    expect(await decide(file.toReversed(), anImport(2))).toMatchObject({
      added: 0,
      changed: 0,
      unchanged: 3,
      writes: [],
    });
    expect(await shown()).toHaveLength(3);
  });

  it("does what its dry run said, field by field", async () => {
    const { load, decide, shown } = setup();
    await load([aFileRow({ transactionId: "t1", memo: "Old" })], anImport(1));
    const file = [
      aFileRow({ transactionId: "t1", memo: "New", amount: "-5.00" }),
      aFileRow({ transactionId: "t2" }),
    ];
    const dry = await decide(file, anImport(2, { dryRun: true }));

    const run = await load(file, anImport(2));

    expect(dry.differences()).toEqual(run.differences());
    expect(dry.differences()).toMatchObject([
      {
        line: 2,
        accountId: "A1",
        transactionId: "t1",
        verdict: "changed",
        fields: [
          { name: "amount", before: "-4.50", after: "-5.00" },
          { name: "memo", before: "Old", after: "New" },
        ],
      },
      { line: 3, transactionId: "t2", verdict: "added" },
    ]);
    expect(await shown()).toMatchObject([{ amount: "-5.00", memo: "New" }, { transactionId: "t2" }]);
  });

  it("leaves no trace when it is taken back, nor of the balance", async () => {
    const { load, takeBack, state } = setup();
    await load(
      [aFileRow({ transactionId: "t1", balance: "9.00" }), aFileRow({ status: "pending" })],
      anImport(1),
    );
    const before = state();
    const { receipt } = await load(
      [
        aFileRow({ transactionId: "t1", balance: "8.00" }),
        aFileRow({ transactionId: "t2", balance: "7.00", postedAt: "2026-03-02T00:00:00.000Z" }),
        aFileRow(),
      ],
      anImport(2),
    );
    expect(state()).not.toEqual(before);

    expect(await takeBack(receipt, anImport(2))).toMatchObject({ removed: 2, restored: 1, left: 0 });
    expect(state()).toEqual(before);
  });

  it("is announced by account: what was added and the last balance, with the same ids each time", async () => {
    const { load, imports, published } = setup();
    const rows = [aFileRow({ transactionId: "t1", balance: "9.00" }), aFileRow({ accountId: "A2" })];
    const { receipt } = await load(rows, anImport(1));
    const stored = [{ chunk: 0, batch: 0, round: 0, receipt }];

    await imports.announce?.({ ...anImport(1), chunk: 0 }, stored);
    const first = published.splice(0);
    await imports.announce?.({ ...anImport(1), chunk: 0 }, stored);

    expect(first).toMatchObject([
      {
        name: "account_transactionadded",
        detail: { accountId: "A1", count: 1, transactionIds: ["t1"], importId: "import-1" },
      },
      {
        name: "account_balanceupdated",
        detail: { accountId: "A1", balance: "9.00", currency: "EUR", asOf: "2026-03-01T00:00:00.000Z" },
      },
      { name: "account_transactionadded", detail: { accountId: "A2", count: 1 } },
    ]);
    expect(published).toEqual(first);
  });
});
