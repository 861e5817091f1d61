import type { Item, Key } from "#common/table/table.ts";
import { type Block, type PlacedEvent, placedEvents } from "../chain/block.ts";
import { isAuditChain } from "../event.ts";
import {
  auditPartition,
  customerPartition,
  runSortKey,
  secondOf,
  timePartition,
  typePartition,
} from "../keys.ts";
import { eventToItem } from "./event-item.ts";
import { encode } from "./run.ts";

/** Partitions of the lists that an event of this block stands in. */
const partitionsOf = ({ organizationId, chain }: Block, { type, customerId }: PlacedEvent): string[] =>
  isAuditChain(chain)
    ? [auditPartition(organizationId)]
    : [
        timePartition(organizationId, chain),
        typePartition(organizationId, type, chain),
        customerPartition(organizationId, customerId),
      ];

const runsOf = (block: Block, events: readonly PlacedEvent[]): Item[] => {
  const runs = new Map<string, { key: Key; events: PlacedEvent[] }>();
  for (const event of events) {
    for (const pk of partitionsOf(block, event)) {
      const id = `${pk}\n${secondOf(event.date)}`;
      const run = runs.get(id);
      if (run) run.events.push(event);
      else
        runs.set(id, { key: { pk, sk: runSortKey(event.date, block.chain, block.number) }, events: [event] });
    }
  }
  return [...runs.values()].map(({ key, events: inRun }) => ({ ...key, entries: encode(inRun) }));
};

/**
 * Everything that readers use, computed from a block and nothing else: whoever writes it, and however
 * often, writes the same. One item for each event; one for each list and second that its events stand
 * in. No two have the same key.
 */
export const derivedItems = (block: Block, events: readonly PlacedEvent[] = placedEvents(block)): Item[] => [
  ...events.map((event) => eventToItem(block.organizationId, block.chain, block.number, event)),
  ...runsOf(block, events),
];
