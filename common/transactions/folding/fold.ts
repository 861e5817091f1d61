import { pack } from "#common/table/packed-json.ts";
import { type Item, queryPages, type Table, textOf } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { segmentFromItem } from "../accounts/account-item.ts";
import { type ChangeTable, planChange } from "../changes/plan.ts";
import { readAccount } from "../changes/read.ts";
import { type Sleep, untilWritten, wait } from "../changes/retry.ts";
import type { FeedRow } from "../feed/entry.ts";
import { readBasePart } from "../feed/read-feed.ts";
import { baseKey, basesBelow, feedPartition, segmentsBetween } from "../keys.ts";
import { CURSOR_MS } from "../sync/sync.ts";

export type FoldTable = ChangeTable & Pick<Table, "putAll">;

export type FoldDeps = { table: FoldTable; now?: () => number; sleep?: Sleep };

/** Walks under way keep what they read from. */
const SWEPT_AFTER_MS = 48 * 3_600_000;

/** Far below the 400 KB of an item, also where nothing of it can be compressed. */
const PART_BYTES_MAX = 250_000;

const WRITES_MAX = 100;

/** The rows as of a sealed sequence: those of the base before it, and the entries between the two. */
const rowsAsOf = async (table: FoldTable, account: Account, boundary: number): Promise<FeedRow[]> => {
  const rows = new Map<string, FeedRow>();
  for (let part = 0; account.folded > 0; part += 1) {
    const some = await readBasePart(table, account, account.folded, part);
    if (some === undefined) break;
    for (const row of some) rows.set(row.transactionId, row);
  }
  const pk = feedPartition(account.organizationId, account.accountId);
  const between = segmentsBetween(account.folded, boundary);
  for await (const items of queryPages(table, { pk, ...between, consistent: true })) {
    for (const entry of items.flatMap((item) => segmentFromItem(item).entries)) {
      if (entry.kind === "removed") rows.delete(entry.transactionId);
      else rows.set(entry.transactionId, entry.row);
    }
  }
  return [...rows.values()].sort((one, other) => (one.transactionId < other.transactionId ? -1 : 1));
};

/** Parts of a base: always the same ones of the same feed, so that a base may be built twice or by two. */
const partsOf = (
  { organizationId, accountId }: Account,
  boundary: number,
  rows: readonly FeedRow[],
): Item[] => {
  const parts: string[][] = [];
  let bytes = PART_BYTES_MAX;
  for (const text of rows.map((row) => JSON.stringify(row))) {
    const size = Buffer.byteLength(text);
    if (bytes + size > PART_BYTES_MAX) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(text);
    bytes += size;
  }
  // A base without rows has a part all the same: its end is a part that is not there.
  if (parts.length === 0) parts.push([]);
  return parts.map((texts, part) => ({
    ...baseKey(organizationId, accountId, boundary, part),
    rows: pack(`[${texts.join()}]`),
  }));
};

/** The last sequence of the segments that were sealed before any cursor that is still good. */
const readBoundary = async (table: FoldTable, account: Account, nowMs: number): Promise<number> => {
  const young = new Date(nowMs - CURSOR_MS).toISOString();
  let boundary = account.folded;
  const pk = feedPartition(account.organizationId, account.accountId);
  const between = segmentsBetween(account.folded, account.feed.spilled);
  for await (const items of queryPages(table, { pk, ...between, consistent: true, limit: 50 })) {
    for (const item of items) {
      if (textOf(item, "sealedAt") >= young) return boundary;
      boundary = segmentFromItem(item).last;
    }
  }
  return boundary;
};

/** Replaces what is old of an account's feed by the rows that it makes, and deletes what was replaced before. */
export const makeFold = ({ table, now = Date.now, sleep = wait }: FoldDeps) => {
  const set = async (account: Account, change: Partial<Pick<Account, "folded" | "foldedAt" | "swept">>) => {
    const { organizationId, accountId } = account;
    await untilWritten(table, sleep, async () => {
      const current = await readAccount(table, organizationId, accountId);
      // Only upwards: another fold may have gone further.
      const isBehind =
        current !== undefined &&
        (current.folded < (change.folded ?? 0) || current.swept < (change.swept ?? 0));
      if (!current || !isBehind) return { writes: [] };
      const time = new Date(now()).toISOString();
      return planChange(
        { account: current, before: new Map(), changed: [], matched: false, set: change },
        { table, time, rulesOf: () => undefined },
      );
    });
  };

  const sweep = async (account: Account): Promise<void> => {
    const pk = feedPartition(account.organizationId, account.accountId);
    for (const range of [segmentsBetween(0, account.folded), basesBelow(account.folded)]) {
      for await (const items of queryPages(table, { pk, ...range, keysOnly: true, limit: WRITES_MAX })) {
        const keys = items.map(({ sk }) => ({ pk, sk }));
        if (keys.length > 0) await table.transact(keys.map((key) => ({ remove: key })));
      }
    }
    await set(account, { swept: account.folded });
  };

  return async (account: Account): Promise<{ folded: boolean; swept: boolean }> => {
    const isReplacedLong =
      account.foldedAt !== undefined && Date.parse(account.foldedAt) + SWEPT_AFTER_MS <= now();
    const swept = account.swept < account.folded && isReplacedLong;
    if (swept) await sweep(account);
    const isEnough = (sequence: number) => sequence - account.folded > account.shown / 2;
    // What was folded must be gone before it is folded again: then no walk reads from two bases back.
    if (account.swept < account.folded && !swept) return { folded: false, swept };
    if (!isEnough(account.feed.spilled)) return { folded: false, swept };
    const boundary = await readBoundary(table, account, now());
    if (boundary === account.folded || !isEnough(boundary)) return { folded: false, swept };
    await table.putAll(partsOf(account, boundary, await rowsAsOf(table, account, boundary)));
    await set(account, { folded: boundary, foldedAt: new Date(now()).toISOString() });
    return { folded: true, swept };
  };
};
