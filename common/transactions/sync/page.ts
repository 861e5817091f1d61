import { bytesInAnswer } from "#common/paging/answer-size.ts";
import type { Entry, FeedRow } from "../feed/entry.ts";

/** Of the 6 MB that an answer may have; the rest is for a last row and the cursor. */
const BYTES_MAX = 5_000_000;

type Net = {
  accountId: string;
  transactionId: string;
  had: boolean;
  row: FeedRow | undefined;
  bytes: number;
};

/** What a page says of one transaction: nothing, if the reader neither had it nor gets it. */
const counts = ({ had, row }: Net): boolean => had || row !== undefined;

export type SyncRow = FeedRow & { accountId: string };

export type Changes = {
  added: SyncRow[];
  modified: SyncRow[];
  removed: { accountId: string; transactionId: string }[];
};

/**
 * A page of a walk: the net effect of entries per transaction. It takes no entry with which it would say more than
 * `limit` things, or become too large for an answer.
 */
export const makePage = (limit: number) => {
  const nets = new Map<string, Net>();
  let count = 0;
  let bytes = 0;

  const put = (key: string, next: Net, before: Net | undefined): boolean => {
    const countAfter = count + Number(counts(next)) - Number(before !== undefined && counts(before));
    const bytesAfter = bytes + next.bytes - (before?.bytes ?? 0);
    if (countAfter > limit || (bytesAfter > BYTES_MAX && count > 0)) return false;
    nets.set(key, next);
    [count, bytes] = [countAfter, bytesAfter];
    return true;
  };

  return {
    /** How much more it can say. */
    get room(): number {
      return limit - count;
    },

    /** Takes the account's next entry; false if the page is full without it. */
    take: (accountId: string, entry: Entry): boolean => {
      const key = `${accountId}#${entry.transactionId}`;
      const before = nets.get(key);
      const row = entry.kind === "removed" ? undefined : entry.row;
      const size = row ? bytesInAnswer(JSON.stringify(row)) : 0;
      const had = before?.had ?? entry.kind !== "added";
      return put(key, { accountId, transactionId: entry.transactionId, had, row, bytes: size }, before);
    },

    changes: (): Changes => {
      const changes: Changes = { added: [], modified: [], removed: [] };
      for (const { accountId, transactionId, had, row } of nets.values()) {
        if (row) changes[had ? "modified" : "added"].push({ accountId, ...row });
        else if (had) changes.removed.push({ accountId, transactionId });
      }
      return changes;
    },
  };
};

export type Page = ReturnType<typeof makePage>;
