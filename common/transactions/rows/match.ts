import { firstOf, highestOf, type Row, seenOf } from "./row.ts";

const DAY_MS = 86_400_000;

/** A posted transaction takes a pending one that is dated up to so many days before it. */
export const MATCH_DAYS = 10;

const dayOf = (row: Row): number => Math.floor(Date.parse(highestOf(row)?.content.postedAt ?? "") / DAY_MS);

/** Rows among which one may take another: of equal amount, currency, type and description. */
export const groupOf = (row: Row): string | undefined => {
  const content = row.ordinal === undefined ? undefined : highestOf(row)?.content;
  return content && JSON.stringify([content.amount, content.currency, content.type, content.description]);
};

export const isPending = (row: Row): boolean => highestOf(row)?.content.status === "pending";

/** By date, ordinal, id: not by the time of their arrival, because files arrive in any order. */
const compareRows = (one: Row, other: Row): number => {
  const [a, b] = [highestOf(one)?.content.postedAt ?? "", highestOf(other)?.content.postedAt ?? ""];
  if (a !== b) return a < b ? -1 : 1;
  return (one.ordinal ?? 0) - (other.ordinal ?? 0) || (one.transactionId < other.transactionId ? -1 : 1);
};

/** Whether the dates of the two are so that the posted one may take the pending one. */
export const areNear = (posted: Row, pending: Row): boolean => {
  const days = dayOf(posted) - dayOf(pending);
  return days >= 0 && days <= MATCH_DAYS;
};

/** What was listed again together with the posted one, or after it, is another purchase. */
const wasGone = (posted: Row, pending: Row): boolean =>
  (seenOf(pending)?.number ?? 0) < (firstOf(posted)?.number ?? 0);

/**
 * Which posted row took which pending one, by id both ways, of one group of rows that imports name. A pure function
 * of the rows: it is computed anew whenever one of them changes, so the order in which files arrive cannot matter.
 */
export const match = (rows: readonly Row[]): Map<string, string> => {
  const named = rows.filter(({ said }) => said.length > 0).sort(compareRows);
  const free = named.filter(isPending);
  const pairs = new Map<string, string>();
  for (const posted of named) {
    if (isPending(posted)) continue;
    const at = free.findIndex((pending) => areNear(posted, pending) && wasGone(posted, pending));
    const [pending] = at === -1 ? [] : free.splice(at, 1);
    if (pending === undefined) continue;
    pairs.set(posted.transactionId, pending.transactionId);
    pairs.set(pending.transactionId, posted.transactionId);
  }
  return pairs;
};
