import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CsvReader } from "#common/csv/reader.ts";
import { MOVEMENTS, NOW_MS } from "#common/csv/testing/movements.ts";
import { SCENARIOS } from "./mock/lives.ts";
import { type ExpectedReject, transactionsFile, type Wanted } from "./mock/transactions-file.ts";
import { readMockArguments } from "./mock.ts";

const WANTED: Wanted = {
  rows: 5_000,
  seed: 7,
  accounts: 20,
  days: 90,
  until: "2026-10-31",
  faults: 0,
  overlap: false,
};

const make = (wanted: Partial<Wanted> = {}) => {
  const expected: ExpectedReject[] = [];
  const text = [...transactionsFile({ ...WANTED, ...wanted }, (reject) => expected.push(reject))].join("");
  return { text, expected };
};

const read = (text: string) => {
  const reader = new CsvReader(MOVEMENTS, { nowMs: NOW_MS });
  const rows = [...reader.push(Buffer.from(text)), ...reader.end()];
  return {
    good: rows.flatMap(({ values }) => (values ? [values] : [])),
    rejects: rows.flatMap(({ line, faults }) =>
      faults ? [{ line, errors: faults.map(({ column, code }) => ({ column, code })) }] : [],
    ),
  };
};

const cents = (amount: string): bigint => BigInt(amount.replace(".", ""));

describe("a file of believable lives", () => {
  it("has exactly the rows that were asked for, all of them good", () => {
    for (const rows of [0, 1, 19, 5_000]) {
      const { good, rejects } = read(make({ rows }).text);
      expect([good.length, rejects]).toEqual([rows, []]);
    }
  });

  it("is the same bytes for the same options, on every machine, and others for another seed", () => {
    const hash = (wanted: Partial<Wanted>) => createHash("sha256").update(make(wanted).text).digest("hex");

    expect(hash({})).toBe("6193d7442149a25ff1c81f1d56f112f7d52db74b517516baf3ca72af9eb5483a");
    expect(hash({ seed: 8 })).not.toBe(hash({}));
  });

  it.each([undefined, ...SCENARIOS])(
    "adds up: each balance is the one before and the amount (%s)",
    (scenario) => {
      const { good } = read(make({ scenario }).text);
      const posted = good.filter(({ status }) => status === "posted");

      for (const account of new Set(posted.map(({ accountId }) => accountId))) {
        const rows = posted.filter(({ accountId }) => accountId === account);
        for (const [index, row] of rows.entries()) {
          const before = rows[index - 1];
          if (before) expect(cents(row.balance ?? "")).toBe(cents(before.balance ?? "") + cents(row.amount));
        }
      }
    },
  );

  it("has wages on Fridays, rent on the first, a subscription nothing else goes with, and a journey", () => {
    const { good } = read(make().text);
    const days = (words: RegExp) =>
      good.filter(({ description }) => words.test(description)).map(({ postedAt }) => new Date(postedAt));

    expect(new Set(days(/PAYROLL|DIRECT DEP/).map((date) => date.getUTCDay()))).toEqual(new Set([5]));
    expect(new Set(days(/1ST STREET/).map((date) => date.getUTCDate()))).toEqual(new Set([1]));
    expect(days(/FITLIFE/).length).toBeGreaterThan(40);
    expect(
      good.some(({ description, memo }) => description.includes("PARIS") && memo?.startsWith("EUR ")),
    ).toBe(true);
  });

  it("says of each spoilt row what a reader says", () => {
    const { text, expected } = make({ faults: 0.1 });

    expect(expected.length).toBeGreaterThan(400);
    expect(read(text).rejects).toEqual(expected);
  });

  it("is followed by a night that repeats, posts what was pending, for another amount at pumps, and corrects", () => {
    const [first, next] = [read(make().text).good, read(make({ overlap: true }).text).good];
    const before = new Map(first.map((row) => [row.transactionId, row]));
    const again = next.flatMap((row) => {
      const old = before.get(row.transactionId);
      return old ? [{ old, row }] : [];
    });

    expect(again.length).toBeGreaterThan(100);
    expect(next.length).toBeGreaterThan(again.length);
    const posts = again.filter(({ old, row }) => old.status === "pending" && row.status === "posted");
    expect(posts.length).toBeGreaterThan(10);
    expect(posts.some(({ old, row }) => old.amount === "-125.00" && row.amount !== old.amount)).toBe(true);
    expect(again.some(({ old, row }) => row.description === `${old.description} (CORRECTED)`)).toBe(true);
  });

  it.each([
    [["--scenario", "lottery"], /payday, overdraft/],
    [["--until", "2026-02-30"], /must be a day/],
    [["--faults", "0.1"], /needs --out/],
    [["--owner", "ann"], /needs --deliver/],
    [["--service", "groups"], /--service must be transactions/],
    [["--organization", "Demo"], /lower-case/],
  ])("is refused with a sentence for %j", (argv, sentence) => {
    const { faults } = readMockArguments(argv);

    expect(faults).toEqual([expect.stringMatching(sentence)]);
  });
});
