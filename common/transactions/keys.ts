import { escaped, padded, shardOfText } from "#common/table/key-text.ts";
import type { Index, Key } from "#common/table/table.ts";

const ACCOUNT_LISTS = 8;

/** An account, its transactions and its outbox stand together: what becomes one transaction is in one partition. */
export const accountPartition = (organizationId: string, accountId: string): string =>
  `${organizationId}#account#${accountId}`;

export const accountKey = (organizationId: string, accountId: string): Key => ({
  pk: accountPartition(organizationId, accountId),
  sk: "account",
});

const TRANSACTION = "transaction#";

export const transactionKey = (organizationId: string, accountId: string, transactionId: string): Key => ({
  pk: accountPartition(organizationId, accountId),
  sk: `${TRANSACTION}${transactionId}`,
});

/** All transactions of an account behind this id, in the order of their ids. */
export const transactionsBehind = (transactionId: string): { from: string; to: string } => ({
  // No id has a character below this one's successors, so nothing stands between the id and this.
  from: `${TRANSACTION}${transactionId}${transactionId === "" ? "" : "\u0000"}`,
  to: `${TRANSACTION}~`,
});

/** The local index: transactions of an account by date and, within the same millisecond, by id. */
export const BY_DATE: Index = { name: "byDate", partitionKey: "pk", sortKey: "byDate" };

export const datePlace = (postedAt: string, transactionId: string): string => `${postedAt}#${transactionId}`;

export const outboxKey = (organizationId: string, accountId: string, id: string): Key => ({
  pk: accountPartition(organizationId, accountId),
  sk: `outbox#${id}`,
});

export const feedPartition = (organizationId: string, accountId: string): string =>
  `${organizationId}#feed#${accountId}`;

const SEGMENT = "segment#";

/** A segment stands under the sequence of its last entry: the first one not below a sequence holds it. */
export const segmentKey = (organizationId: string, accountId: string, last: number): Key => ({
  pk: feedPartition(organizationId, accountId),
  sk: `${SEGMENT}${padded(last)}`,
});

/** The segments with entries behind `after`, up to the one that ends with `last`. */
export const segmentsBetween = (after: number, last: number): { from: string; to: string } => ({
  from: `${SEGMENT}${padded(after + 1)}`,
  to: `${SEGMENT}${padded(last)}`,
});

/** A part of the rows as of a sealed sequence. */
export const baseKey = (organizationId: string, accountId: string, boundary: number, part: number): Key => ({
  pk: feedPartition(organizationId, accountId),
  sk: `base#${padded(boundary)}#${padded(part)}`,
});

/** Bases of a sequence below this one. */
export const basesBelow = (boundary: number): { from: string; to: string } => ({
  from: "base#",
  to: `base#${padded(boundary)}`,
});

export const ownerPartition = (organizationId: string, userId: string): string =>
  `${organizationId}#owner#${escaped(userId)}`;

/** What counts an owner's numbers. */
export const ownerKey = (organizationId: string, userId: string): Key => ({
  pk: ownerPartition(organizationId, userId),
  sk: "owner",
});

export const ownedKey = (organizationId: string, userId: string, number: number): Key => ({
  pk: ownerPartition(organizationId, userId),
  sk: `account#${padded(number)}`,
});

export const OWNED = { from: "account#", to: "account#~" };

export const accountLists = (organizationId: string): string[] =>
  Array.from({ length: ACCOUNT_LISTS }, (_, list) => `${organizationId}#accounts#${list}`);

export const accountListKey = (organizationId: string, accountId: string): Key => ({
  pk: `${organizationId}#accounts#${shardOfText(accountId, ACCOUNT_LISTS)}`,
  sk: accountId,
});

/** Organizations that have accounts, for what goes through all of them at night. */
export const organizationKey = (organizationId: string): Key => ({ pk: "organizations", sk: organizationId });
