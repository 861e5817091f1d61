import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { transactionsFile, type Wanted } from "../scripts/mock/transactions-file.ts";
import { median, type Row } from "./row.ts";

const ROUNDS = 7;

const WANTED: Wanted = {
  rows: 200_000,
  seed: 7,
  accounts: 900,
  days: 90,
  until: "2026-10-31",
  faults: 0,
  overlap: false,
};

const ours = (): string => [...transactionsFile(WANTED, () => undefined)].join("");

const milliseconds = (work: () => string): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** Lives made up and written, against csv-stringify, which only writes rows that are there. */
export const run = async (): Promise<Row[]> => {
  const records = parse(ours()) as string[][];
  const theirs = (): string => stringify(records);
  assert.equal(theirs(), ours());

  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const [first, second] = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
    const [one, other] = [milliseconds(first), milliseconds(second)];
    return round % 2 === 0 ? { ours: one, theirs: other } : { ours: other, theirs: one };
  });
  return [
    {
      what: `${WANTED.rows.toLocaleString("en-US")} rows of mock data`,
      against: "csv-stringify",
      unit: "ms",
      ours: median(rounds.map((round) => round.ours)),
      theirs: median(rounds.map((round) => round.theirs)),
      ratio: median(rounds.map((round) => round.theirs / round.ours)),
      goal: "≥ 1",
    },
  ];
};
