import { queryPages, type Table } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { accountPartition, BY_DATE } from "../keys.ts";
import { groupOf, isPending, MATCH_DAYS } from "../rows/match.ts";
import { highestOf, type Row } from "../rows/row.ts";
import { rowFromItem } from "../rows/row-item.ts";

const DAY_MS = 86_400_000;

const dateOf = (row: Row): string => highestOf(row)?.content.postedAt ?? "";
const dayNumber = (date: string): number => Math.floor(Date.parse(date) / DAY_MS);
const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Days on which a row's partners may be: behind a pending one, before a posted one. */
const partnerDays = (row: Row): [from: number, to: number] => {
  const day = dayNumber(dateOf(row));
  return isPending(row) ? [day, day + MATCH_DAYS] : [day - MATCH_DAYS, day];
};

type Range = { from: string; to: string };

/** The dates between which there are pending rows, these among them; undefined when there is none at all. */
export const pendingRange = (before: Range | undefined, changed: readonly Row[]): Range | undefined =>
  changed
    .filter((row) => row.ordinal !== undefined && isPending(row))
    .map(dateOf)
    .reduce<Range | undefined>(
      (range, date) => ({
        from: range === undefined || date < range.from ? date : range.from,
        to: range === undefined || date > range.to ? date : range.to,
      }),
      before,
    );

/** Runs of days that follow each other. */
const runsOf = (days: readonly number[]): [from: number, to: number][] => {
  const runs: [number, number][] = [];
  for (const day of days.toSorted((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs;
};

/**
 * All rows that may decide who takes whom among the changed rows without the bank's id: of their groups, and
 * connected with them by dates. Reads days of the account, and none where no pending row is near.
 */
export const readNeighbours = async (
  table: Pick<Table, "queryPage">,
  account: Account,
  changed: readonly Row[],
): Promise<Row[]> => {
  const touched = changed.filter(({ ordinal, said }) => ordinal !== undefined && said.length > 0);
  const range = pendingRange(account.pending, touched);
  if (range === undefined) return [];
  const [firstPending, lastPending] = [dayNumber(range.from), dayNumber(range.to)];
  const groups = new Set(touched.map(groupOf));
  const wanted = new Set<number>();
  const read = new Set<number>();
  const want = (row: Row): void => {
    const [from, to] = partnerDays(row);
    // A posted row takes none of days on which no row is pending.
    const first = isPending(row) ? from : Math.max(from, firstPending);
    const last = isPending(row) ? to : Math.min(to, lastPending);
    for (let day = first; day <= last; day += 1) if (!read.has(day)) wanted.add(day);
  };
  for (const row of touched) want(row);

  const found = new Map<string, Row>();
  while (wanted.size > 0) {
    const runs = runsOf([...wanted]);
    for (const day of wanted) read.add(day);
    wanted.clear();
    const pages = await Promise.all(
      runs.map(async ([from, to]) => {
        const rows: Row[] = [];
        const options = {
          pk: accountPartition(account.organizationId, account.accountId),
          index: BY_DATE,
          from: dayText(from),
          to: `${dayText(to)}~`,
          consistent: true,
        };
        for await (const items of queryPages(table, options)) rows.push(...items.map(rowFromItem));
        return rows;
      }),
    );
    for (const row of pages.flat()) {
      if (!groups.has(groupOf(row)) || groupOf(row) === undefined) continue;
      found.set(row.transactionId, row);
      want(row);
    }
  }
  return [...found.values()];
};
