import { queryPages, type Table, type Write } from "#common/table/table.ts";
import { type Account, currencyOf, type Newest } from "../accounts/account.ts";
import { accountToItem, segmentToItem } from "../accounts/account-item.ts";
import { compareNewest, type Kind, newestAfter, shownIn, withBalance } from "../accounts/newest.ts";
import type { Entry } from "../feed/entry.ts";
import { append } from "../feed/seal.ts";
import { accountListKey, accountPartition, BY_DATE, transactionKey } from "../keys.ts";
import type { Row, RulesAnswer } from "../rows/row.ts";
import { rowFromItem, rowToItem } from "../rows/row-item.ts";
import { type RowChange, settle } from "../rows/settle.ts";
import { pendingRange } from "./neighbours.ts";

/** The table `transactions`, as changes need it: read consistently, the account before its rows. */
export type ChangeTable = Pick<Table, "get" | "getMany" | "queryPage" | "transact">;

/** A change of one account, and all that was read for it. */
export type Change = {
  readonly account: Account;
  /** Rows as they stand; the account was read before them. */
  readonly before: ReadonlyMap<string, Row>;
  readonly changed: readonly Row[];
  /** Whether `before` holds all rows that those whose sayings change may be matched with. */
  readonly matched: boolean;
  readonly night?: number;
  /** The earliest date of the pending rows that stay shown; null when there is none. */
  readonly watchFrom?: string | null;
  readonly set?: Partial<Pick<Account, "nickname" | "owners" | "currency" | "folded" | "foldedAt" | "swept">>;
};

export type Plan = {
  /** All of them or none; none when nothing changes. */
  readonly writes: readonly Write[];
  readonly account: Account;
  readonly entries: readonly Entry[];
  readonly rows: readonly RowChange[];
};

export type PlanDeps = {
  readonly table: Pick<Table, "queryPage">;
  readonly time: string;
  readonly rulesOf: (row: Row) => RulesAnswer | undefined;
};

/** The newest of a kind among all rows of an account, these changed ones as they are to be. */
export const searchNewest = async (
  table: Pick<Table, "queryPage">,
  { organizationId, accountId }: Account,
  changes: readonly RowChange[],
  kind: Kind,
): Promise<Newest | undefined> => {
  const changed = new Set(changes.map(({ before, after }) => (before ?? after)?.transactionId));
  let newest: Newest | undefined;
  const consider = (row: Row): void => {
    const place = kind(row);
    if (place && (newest === undefined || compareNewest(place, newest) > 0)) newest = place;
  };
  for (const { after } of changes) if (after) consider(after);
  const options = { pk: accountPartition(organizationId, accountId), index: BY_DATE, order: "desc" as const };
  for await (const items of queryPages(table, { ...options, consistent: true, limit: 25 })) {
    for (const item of items) {
      // Rows come by date: what follows is older than what was found.
      if (newest !== undefined && String(item.byDate) < newest.postedAt) return newest;
      const row = rowFromItem(item);
      if (!changed.has(row.transactionId)) consider(row);
    }
  }
  return newest;
};

const earliest = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;

/**
 * What a change writes, as one transaction on the condition that the account is as it was read: the account
 * with its balance and its end of the feed, sealed entries, and the rows.
 */
export const planChange = async (change: Change, { table, time, rulesOf }: PlanDeps): Promise<Plan> => {
  const { account, before, changed, matched, night = account.night, watchFrom: watch, set = {} } = change;
  const nights = { before: account.night, after: night };
  const { rows, entries } = settle({ before, changed, matched, nights, time, rulesOf });
  const isSet = night !== account.night || watch !== undefined || Object.keys(set).length > 0;
  if (rows.length === 0 && !isSet) return { writes: [], account, entries, rows };

  const after = rows.flatMap((row) => row.after ?? []);
  const gone = rows.flatMap((row) => (row.after === undefined ? (row.before ?? []) : []));
  // A row that goes counts as changed: it may have been the newest.
  const touched = [...after, ...gone.map((row): Row => ({ ...row, said: [] }))];
  const currency = set.currency ?? account.currency;
  const find = async (known: Newest | undefined, isKnown: boolean, kind: Kind) => {
    const newest = isKnown ? newestAfter(known, touched, kind) : "unknown";
    return newest === "unknown" ? searchNewest(table, account, rows, kind) : newest;
  };
  const isSameCurrency = currency === account.currency;
  const balance = await find(account.balance, isSameCurrency, withBalance(currency));
  const givesCurrency = currency === undefined && balance === undefined;
  const gaveCurrency = account.version === 0 || (isSameCurrency && account.balance === undefined);
  const newest = givesCurrency ? await find(account.newest, gaveCurrency, shownIn(night)) : undefined;

  const { end, segments } = append(account.feed, entries);
  const come = entries.filter(({ kind }) => kind === "added").length;
  const go = entries.filter(({ kind }) => kind === "removed").length;
  const pending = pendingRange(account.pending, after);
  const watched = entries.flatMap((entry) =>
    entry.kind !== "removed" && entry.row.status === "pending" ? [entry.row.postedAt] : [],
  );
  const watchFrom = watched.reduce(earliest, watch === undefined ? account.watchFrom : (watch ?? undefined));
  const { balance: _balance, newest: _newest, watchFrom: _watchFrom, ...rest } = account;
  const next: Account = {
    ...rest,
    ...set,
    version: account.version + 1,
    feed: end,
    shown: account.shown + come - go,
    night,
    ...(balance === undefined ? {} : { balance }),
    ...(newest === undefined ? {} : { newest }),
    ...(pending === undefined ? {} : { pending }),
    ...(watchFrom === undefined ? {} : { watchFrom }),
  };
  const { organizationId, accountId } = account;
  const isNew = account.version === 0;
  const writes: Write[] = [
    { put: accountToItem(next), ...(isNew ? { absent: true } : { version: account.version }) },
    ...(isNew ? [{ put: accountListKey(organizationId, accountId) }] : []),
    ...segments.map((segment): Write => ({ put: segmentToItem(organizationId, accountId, segment, time) })),
    ...after.map((row): Write => ({ put: rowToItem(account, row) })),
    ...gone.map(
      ({ transactionId }): Write => ({ remove: transactionKey(organizationId, accountId, transactionId) }),
    ),
  ];
  return { writes, account: next, entries, rows };
};

/** Whether the account shows another balance, or one in another currency or of another time. */
export const balanceChanged = (before: Account, after: Account): boolean =>
  before.balance?.balance !== after.balance?.balance ||
  before.balance?.postedAt !== after.balance?.postedAt ||
  (after.balance !== undefined && currencyOf(before) !== currencyOf(after));
