import { pack, unpack } from "#common/table/packed-json.ts";
import { type Item, numberOf, optionalTextOf, textOf } from "#common/table/table.ts";
import { entryFromStored, type StoredEntry, storedEntry } from "../feed/entry.ts";
import type { Segment } from "../feed/seal.ts";
import { accountKey, segmentKey } from "../keys.ts";
import type { Account } from "./account.ts";

/** What has a value, under the names of the attributes. */
const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );

const json = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);

export const accountToItem = (account: Account): Item => {
  const { organizationId, accountId, nickname, owners, currency, version, feed, folded, night } = account;
  return {
    ...accountKey(organizationId, accountId),
    nickname,
    ...(owners.length === 0 ? {} : { owners: JSON.stringify(owners) }),
    version,
    last: feed.last,
    spilled: feed.spilled,
    ...(feed.tail.length === 0 ? {} : { tail: pack(JSON.stringify(feed.tail.map(storedEntry))) }),
    ...(account.shown === 0 ? {} : { shown: account.shown }),
    ...(folded === 0 ? {} : { folded }),
    ...(account.swept === 0 ? {} : { swept: account.swept }),
    ...(night === 0 ? {} : { night }),
    ...given({
      currency,
      balance: json(account.balance),
      newest: json(account.newest),
      pending: json(account.pending),
      watchFrom: account.watchFrom,
      foldedAt: account.foldedAt,
    }),
    createdAt: account.createdAt,
  };
};

const parsed = <T>(item: Item, name: string): T | undefined => {
  const text = optionalTextOf(item, name);
  return text === undefined ? undefined : (JSON.parse(text) as T);
};

const optionalNumber = (item: Item, name: string): number =>
  item[name] === undefined ? 0 : numberOf(item, name);

export const accountFromItem = (organizationId: string, accountId: string, item: Item): Account => {
  const currency = optionalTextOf(item, "currency");
  const balance = parsed<NonNullable<Account["balance"]>>(item, "balance");
  const newest = parsed<NonNullable<Account["newest"]>>(item, "newest");
  const pending = parsed<NonNullable<Account["pending"]>>(item, "pending");
  const watchFrom = optionalTextOf(item, "watchFrom");
  const foldedAt = optionalTextOf(item, "foldedAt");
  return {
    organizationId,
    accountId,
    nickname: textOf(item, "nickname"),
    owners: parsed<string[]>(item, "owners") ?? [],
    ...(currency === undefined ? {} : { currency }),
    version: numberOf(item, "version"),
    feed: {
      last: numberOf(item, "last"),
      spilled: numberOf(item, "spilled"),
      tail: item.tail === undefined ? [] : (unpack(item.tail) as StoredEntry[]).map(entryFromStored),
    },
    shown: optionalNumber(item, "shown"),
    folded: optionalNumber(item, "folded"),
    ...(foldedAt === undefined ? {} : { foldedAt }),
    swept: optionalNumber(item, "swept"),
    night: optionalNumber(item, "night"),
    ...(balance === undefined ? {} : { balance }),
    ...(newest === undefined ? {} : { newest }),
    ...(pending === undefined ? {} : { pending }),
    ...(watchFrom === undefined ? {} : { watchFrom }),
    createdAt: textOf(item, "createdAt"),
  };
};

export const segmentToItem = (
  organizationId: string,
  accountId: string,
  segment: Segment,
  sealedAt: string,
): Item => ({
  ...segmentKey(organizationId, accountId, segment.last),
  first: segment.first,
  sealedAt,
  entries: pack(JSON.stringify(segment.entries.map(storedEntry))),
});

export const segmentFromItem = (item: Item): Segment => {
  const first = numberOf(item, "first");
  const entries = (unpack(item.entries) as StoredEntry[]).map(entryFromStored);
  return { first, last: first + entries.length - 1, entries };
};
