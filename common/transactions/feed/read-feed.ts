import { unpack } from "#common/table/packed-json.ts";
import type { Table } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { segmentFromItem } from "../accounts/account-item.ts";
import { baseKey, feedPartition, segmentsBetween } from "../keys.ts";
import type { Entry, FeedRow } from "./entry.ts";

/** Thrown where a feed does not begin early enough any more: it was folded since the cursor was sealed. */
export class FeedGone extends Error {
  override readonly name = "FeedGone";
}

type FeedTable = Pick<Table, "get" | "queryPage">;

const SEGMENTS_FIRST = 2;
const SEGMENTS_MAX = 200;

/**
 * The entries of an account behind a sequence, in order. The account was read first: what has been sealed by then
 * is in segments, and its tail holds the rest. `wanted` is how many will do; so much more is hardly read.
 */
export async function* entriesBehind(
  table: FeedTable,
  { organizationId, accountId, feed }: Account,
  after: number,
  wanted: () => number,
): AsyncGenerator<Entry> {
  let sequence = after;
  let limit = SEGMENTS_FIRST;
  while (sequence < feed.spilled) {
    const { items } = await table.queryPage({
      pk: feedPartition(organizationId, accountId),
      ...segmentsBetween(sequence, feed.spilled),
      consistent: true,
      limit,
    });
    let entries = 0;
    for (const item of items) {
      const segment = segmentFromItem(item);
      if (segment.first > sequence + 1) throw new FeedGone(`no entry ${sequence + 1} of ${accountId}`);
      for (const entry of segment.entries.slice(sequence + 1 - segment.first)) {
        sequence += 1;
        yield entry;
      }
      entries += segment.entries.length;
    }
    if (items.length === 0) throw new FeedGone(`no entry ${sequence + 1} of ${accountId}`);
    // As many segments as the rest is likely to take.
    limit = Math.min(SEGMENTS_MAX, Math.max(1, Math.ceil((wanted() * items.length) / entries)));
  }
  for (const entry of feed.tail.slice(sequence - feed.spilled)) yield entry;
}

/** A part of the rows as of a sealed sequence; undefined behind the last one. */
export const readBasePart = async (
  table: FeedTable,
  { organizationId, accountId }: Pick<Account, "organizationId" | "accountId">,
  boundary: number,
  part: number,
): Promise<FeedRow[] | undefined> => {
  const item = await table.get(baseKey(organizationId, accountId, boundary, part), { consistent: true });
  if (item) return unpack(item.rows) as FeedRow[];
  if (part === 0) throw new FeedGone(`no base ${boundary} of ${accountId}`);
  return undefined;
};
