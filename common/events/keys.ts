import { escaped, padded, shardOfText } from "#common/table/key-text.ts";
import type { Key } from "#common/table/table.ts";
import { type ChainId, chainName } from "./event.ts";

// Every key of the table `events`. An organization's id holds no `#`, and what a caller wrote
// stands last or with its `#` and `%` escaped, so that no text can make another's key.

/** Partitions that a list by time, by type and of customers is spread over; chain `number` goes to `number mod 4`. */
export const SHARDS = 4;

const shardOf = ({ number }: ChainId): number => number % SHARDS;

const BLOCK = "block#";

export const chainPartition = (organizationId: string, chain: ChainId): string =>
  `${organizationId}#chain#${chainName(chain)}`;

export const blockSortKey = (number: number): string => BLOCK + padded(number);

export const blockKey = (organizationId: string, chain: ChainId, number: number): Key => ({
  pk: chainPartition(organizationId, chain),
  sk: blockSortKey(number),
});

/** Sort keys, inclusive, of all blocks from this number on. */
export const blocksFrom = (number: number) => ({ from: blockSortKey(number), to: `${BLOCK}:` });

export const headKey = (organizationId: string, chain: ChainId): Key => ({
  pk: chainPartition(organizationId, chain),
  sk: "head",
});

export const eventKey = (organizationId: string, eventId: string): Key => ({
  pk: `${organizationId}#event#${eventId}`,
  sk: "event",
});

/** A large `detail`, which stands apart from its event. */
export const detailKey = (organizationId: string, digest: string): Key => ({
  pk: `${organizationId}#detail#${digest}`,
  sk: "detail",
});

const shards = (partition: string): string[] =>
  Array.from({ length: SHARDS }, (_, shard) => `${partition}#${shard}`);

export const timePartition = (organizationId: string, chain: ChainId): string =>
  `${organizationId}#time#${shardOf(chain)}`;

/** Partitions that hold the runs by time of all events but audit events; a list merges them. */
export const timePartitions = (organizationId: string): string[] => shards(`${organizationId}#time`);

export const typePartition = (organizationId: string, type: string, chain: ChainId): string =>
  `${organizationId}#type#${escaped(type)}#${shardOf(chain)}`;

export const typePartitions = (organizationId: string, type: string): string[] =>
  shards(`${organizationId}#type#${escaped(type)}`);

/** Audit events stand in this partition only: not by time, type or customer, so no other list meets them. */
export const auditPartition = (organizationId: string): string => `${organizationId}#audit`;

/** Audit events that say they are about a customer stand in this one as well. */
export const aboutPartition = (organizationId: string, customerId: string): string =>
  `${organizationId}#about#${escaped(customerId)}`;

/** A customer's profile and the runs of its events. */
export const customerPartition = (organizationId: string, customerId: string): string =>
  `${organizationId}#customer#${escaped(customerId)}`;

/** Partitions that every organization has: the lists by time, and the audit events. */
export const fixedPartitions = (organizationId: string): string[] => [
  ...timePartitions(organizationId),
  auditPartition(organizationId),
];

/**
 * The list that a partition of runs belongs to, when that is of one type, of one customer or about one: the
 * same text for all partitions of one type. Undefined for the partitions that every organization has.
 */
export const listOf = (partition: string): string | undefined => {
  const kind = partition.indexOf("#") + 1;
  if (partition.startsWith("type#", kind)) return partition.slice(0, partition.lastIndexOf("#"));
  return partition.startsWith("customer#", kind) || partition.startsWith("about#", kind)
    ? partition
    : undefined;
};

/** All partitions of such a list. */
export const partitionsOfList = (list: string): string[] =>
  list.split("#", 2)[1] === "type" ? shards(list) : [list];

/** Sort keys, inclusive, of all runs of a partition. */
export const ALL_RUNS = { from: "0", to: ":" } as const;

/** `2025-01-31T12:00:00`: a run holds events of one second. Sorts as text in the years 0000 to 9999. */
export const secondOf = (date: string): string => date.slice(0, 19);

export const runSortKey = (date: string, chain: ChainId, block: number): string =>
  `${secondOf(date)}#${chainName(chain)}#${padded(block)}`;

const RUN_SORT_KEY = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)#(\d{1,9})-(\d{1,9})#(\d{12})$/;

/** What a run's sort key says of it; throws when it is none. */
export const parseRunSortKey = (sk: string): { second: string; chain: ChainId; block: number } => {
  const match = RUN_SORT_KEY.exec(sk);
  if (!match) throw new Error(`${sk} is not the sort key of a run`);
  const [, second = "", epoch, number, block] = match;
  return { second, chain: { epoch: Number(epoch), number: Number(number) }, block: Number(block) };
};

/**
 * Sort keys, inclusive, of the runs that can hold a date from `from` (inclusive) to `to` (exclusive),
 * both UTC with milliseconds. The first and the last second may hold events outside of it.
 */
export const runRange = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => ({
  from: from === undefined ? "0" : secondOf(from),
  // A bare second sorts before each of its runs, "#~" after; ":" comes after every digit.
  to: to === undefined ? ":" : to.slice(19) === ".000Z" ? secondOf(to) : `${secondOf(to)}#~`,
});

export const profileKey = (organizationId: string, customerId: string): Key => ({
  pk: customerPartition(organizationId, customerId),
  sk: "profile",
});

/** A word of a customer's name, folded (lower case, no accents), under its first two characters. */
export const nameWordKey = (organizationId: string, foldedWord: string, customerId: string): Key => ({
  pk: nameWordPartition(organizationId, foldedWord),
  sk: `${escaped(foldedWord)}#${customerId}`,
});

export const nameWordPartition = (organizationId: string, foldedWord: string): string =>
  `${organizationId}#name#${escaped([...foldedWord].slice(0, 2).join(""))}`;

/** Sort keys, inclusive, of the words that start so. */
export const nameWordRange = (foldedStart: string) => ({
  from: escaped(foldedStart),
  to: `${escaped(foldedStart)}\u{10ffff}`,
});

const CUSTOMER_SHARDS = 4;

export const customerListKey = (organizationId: string, customerId: string): Key => ({
  pk: `${organizationId}#customers#${shardOfText(customerId, CUSTOMER_SHARDS)}`,
  sk: customerId,
});

export const customerListPartitions = (organizationId: string): string[] =>
  Array.from({ length: CUSTOMER_SHARDS }, (_, shard) => `${organizationId}#customers#${shard}`);

const ORGANIZATION_SHARDS = 4;

/** Who has events at all. An organization's own keys begin with its id, which has no `#`, and are apart. */
export const organizationKey = (organizationId: string): Key => ({
  pk: `#organizations#${shardOfText(organizationId, ORGANIZATION_SHARDS)}`,
  sk: organizationId,
});

export const organizationPartitions = (): string[] =>
  Array.from({ length: ORGANIZATION_SHARDS }, (_, shard) => `#organizations#${shard}`);
