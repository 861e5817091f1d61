import { pack } from "#common/table/packed-json.ts";
import type { Item, Key } from "#common/table/table.ts";
import { type Block, type PlacedEvent, placedEvents } from "../chain/block.ts";
import { CUSTOMER_TARGET, isAuditChain, type Target } from "../event.ts";
import {
  aboutPartition,
  auditPartition,
  customerPartition,
  runSortKey,
  secondOf,
  timePartition,
  typePartition,
} from "../keys.ts";
import { eventToItem } from "./event-item.ts";
import { type EntryTexts, entryTexts, runJson } from "./run.ts";

/** Customers that an audit event says it is about. */
export const customersAbout = (targets: readonly Target[] = []): string[] => [
  ...new Set(targets.filter(({ type }) => type === CUSTOMER_TARGET).map(({ id }) => id)),
];

/** Partitions of the lists that an event of this block stands in. */
const partitionsOf = (
  { organizationId, chain }: Block,
  { type, customerId, targets }: PlacedEvent,
): string[] =>
  isAuditChain(chain)
    ? [
        auditPartition(organizationId),
        ...customersAbout(targets).map((customer) => aboutPartition(organizationId, customer)),
      ]
    : [
        timePartition(organizationId, chain),
        typePartition(organizationId, type, chain),
        customerPartition(organizationId, customerId),
      ];

/** A list's item: the events of a block that stand in one partition and share the second of their date. */
export type Run = Key & { events: EntryTexts[] };

/** The runs of a block. No two have the same key. */
export const derivedRuns = (block: Block, events: readonly PlacedEvent[] = placedEvents(block)): Run[] => {
  const runs = new Map<string, Run>();
  for (const event of events) {
    const texts = entryTexts(event);
    for (const pk of partitionsOf(block, event)) {
      const id = `${pk}\n${secondOf(event.date)}`;
      const run = runs.get(id);
      if (run) run.events.push(texts);
      else runs.set(id, { pk, sk: runSortKey(event.date, block.chain, block.number), events: [texts] });
    }
  }
  return [...runs.values()];
};

const runToItem = ({ pk, sk, events }: Run): Item => {
  const { json, packed } = runJson(events);
  return { pk, sk, entries: packed ?? pack(json) };
};

/**
 * Everything that readers use, computed from a block and nothing else: every writer, however
 * often it writes, writes the same. One item for each event; one for each list and second that its events stand
 * in. No two have the same key.
 */
export const derivedItems = (block: Block, events: readonly PlacedEvent[] = placedEvents(block)): Item[] => [
  ...events.map((event) => eventToItem(block.organizationId, block.chain, block.number, event)),
  ...derivedRuns(block, events).map(runToItem),
];
