import { firstOf, highestOf, type Row } from "../rows/row.ts";
import { shownOf } from "../rows/shown.ts";
import type { Newest } from "./account.ts";

/** Negative when the first is the older one. */
export const compareNewest = (one: Newest, other: Newest): number =>
  one.postedAt !== other.postedAt
    ? one.postedAt < other.postedAt
      ? -1
      : 1
    : one.first[0] - other.first[0] ||
      one.first[1] - other.first[1] ||
      (one.transactionId < other.transactionId ? -1 : one.transactionId > other.transactionId ? 1 : 0);

const placeOf = (row: Row): Newest | undefined => {
  const content = highestOf(row)?.content;
  const first = firstOf(row);
  return (
    content &&
    first && {
      postedAt: content.postedAt,
      first: [first.number, first.line],
      transactionId: row.transactionId,
      currency: content.currency,
      ...(content.balance === undefined ? {} : { balance: content.balance }),
    }
  );
};

/** What a row counts as among those of a kind; undefined when it is none of them. */
export type Kind = (row: Row) => Newest | undefined;

/** Posted rows with a balance, in this currency or, without one, in any. */
export const withBalance =
  (currency: string | undefined): Kind =>
  (row) => {
    const content = highestOf(row)?.content;
    if (content?.status !== "posted" || content.balance === undefined) return undefined;
    return currency === undefined || content.currency === currency ? placeOf(row) : undefined;
  };

/** Rows that are shown. */
export const shownIn =
  (night: number): Kind =>
  (row) =>
    shownOf(row, night) === undefined ? undefined : placeOf(row);

/** The newest of these rows. */
export const newestAmong = (rows: Iterable<Row>, kind: Kind): Newest | undefined => {
  let newest: Newest | undefined;
  for (const row of rows) {
    const place = kind(row);
    if (place !== undefined && (newest === undefined || compareNewest(place, newest) > 0)) newest = place;
  }
  return newest;
};

/**
 * The newest of a kind after these rows changed, where that follows from the newest before; `"unknown"` when the
 * one before is no longer it, and another row of the account may be.
 */
export const newestAfter = (
  before: Newest | undefined,
  changed: readonly Row[],
  kind: Kind,
): Newest | undefined | "unknown" => {
  const candidate = newestAmong(changed, kind);
  if (before === undefined) return candidate;
  const isBeforeChanged = changed.some(({ transactionId }) => transactionId === before.transactionId);
  if (candidate !== undefined && compareNewest(candidate, before) >= 0) return candidate;
  return isBeforeChanged ? "unknown" : before;
};
