import { pack, packedBytes, unpack } from "#common/table/packed-json.ts";
import type { Item, Key } from "#common/table/table.ts";
import { type Block, type PlacedEvent, placedEvents } from "../chain/block.ts";
import { isAuditChain, type RunEntry } from "../event.ts";
import {
  auditPartition,
  customerPartition,
  runSortKey,
  secondOf,
  timePartition,
  typePartition,
} from "../keys.ts";
import { eventToItem } from "./event-item.ts";

/** A write costs 1 unit for each KB begun: details ride along while key and all stay within the first. */
const WITH_DETAIL_BYTES_MAX = 820;

const toEntry = (event: PlacedEvent, withDetail: boolean): RunEntry => {
  const { detail, digest: kept } = event;
  const elsewhere = kept !== undefined || (detail !== undefined && !withDetail);
  return {
    eventId: event.eventId,
    customerId: event.customerId,
    type: event.type,
    description: event.description,
    date: event.date,
    ...(event.actor === undefined ? {} : { actor: event.actor }),
    recordedAt: event.recordedAt,
    sequence: event.sequence,
    hash: event.hash,
    previousHash: event.previousHash,
    ...(detail === undefined || elsewhere ? {} : { detail }),
    ...(elsewhere ? { detailElsewhere: true as const } : {}),
  };
};

const encode = (events: readonly PlacedEvent[]) => {
  const hasDetail = events.some(({ detail }) => detail !== undefined);
  if (hasDetail) {
    const whole = pack(JSON.stringify(events.map((event) => toEntry(event, true))));
    if (packedBytes(whole) <= WITH_DETAIL_BYTES_MAX) return whole;
  }
  return pack(JSON.stringify(events.map((event) => toEntry(event, false))));
};

/** The entries of a run, in the order of their chain: sorting by date is the reader's. */
export const entriesOf = (run: Item): RunEntry[] => unpack(run.entries) as RunEntry[];

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
