import { type Item, numberOf, optionalTextOf, queryAll, type Table, textOf } from "#common/table/table.ts";
import { OWNED, ownedKey, ownerKey, ownerPartition } from "../keys.ts";

/** An account in an owner's list. It keeps its number, which no other account of that owner ever gets. */
export type Owned = {
  readonly number: number;
  readonly accountId: string;
  /** When the account was taken from this owner; the entry stays as long as cursors that name its number. */
  readonly leftAt?: string;
};

/** What counts an owner's numbers; version 0 before the first. */
export type Owner = { readonly userId: string; readonly version: number; readonly next: number };

/** At most so many accounts a user has at once. */
export const ACCOUNTS_MAX = 1_000;

/** Cursors live as long at the end of a walk. */
export const LEFT_SECONDS = 90 * 86_400;

const NUMBER_START = "account#".length;

export const ownedToItem = (organizationId: string, userId: string, owned: Owned): Item => ({
  ...ownedKey(organizationId, userId, owned.number),
  accountId: owned.accountId,
  ...(owned.leftAt === undefined
    ? {}
    : { leftAt: owned.leftAt, expiresAt: Math.floor(Date.parse(owned.leftAt) / 1000) + LEFT_SECONDS }),
});

const ownedFromItem = (item: Item): Owned => {
  const leftAt = optionalTextOf(item, "leftAt");
  return {
    number: Number(item.sk.slice(NUMBER_START)),
    accountId: textOf(item, "accountId"),
    ...(leftAt === undefined ? {} : { leftAt }),
  };
};

/** All that an owner has or had, by number. */
export const readOwned = async (
  table: Pick<Table, "queryPage">,
  organizationId: string,
  userId: string,
): Promise<Owned[]> => {
  const items = await queryAll(table, {
    pk: ownerPartition(organizationId, userId),
    ...OWNED,
    consistent: true,
  });
  return items.map(ownedFromItem);
};

export const readOwner = async (
  table: Pick<Table, "get">,
  organizationId: string,
  userId: string,
): Promise<Owner> => {
  const item = await table.get(ownerKey(organizationId, userId), { consistent: true });
  return item
    ? { userId, version: numberOf(item, "version"), next: numberOf(item, "next") }
    : { userId, version: 0, next: 1 };
};

export const ownerToItem = (organizationId: string, { userId, version, next }: Owner): Item => ({
  ...ownerKey(organizationId, userId),
  version,
  next,
});
