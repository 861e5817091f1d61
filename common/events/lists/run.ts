import { pack, packedBytes, unpack } from "#common/table/packed-json.ts";
import type { Item } from "#common/table/table.ts";
import type { PlacedEvent } from "../chain/block.ts";
import type { RunEntry } from "../event.ts";

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

export const encode = (events: readonly PlacedEvent[]) => {
  const hasDetail = events.some(({ detail }) => detail !== undefined);
  if (hasDetail) {
    const whole = pack(JSON.stringify(events.map((event) => toEntry(event, true))));
    if (packedBytes(whole) <= WITH_DETAIL_BYTES_MAX) return whole;
  }
  return pack(JSON.stringify(events.map((event) => toEntry(event, false))));
};

/** The entries of a run, in the order of their chain: sorting by date is the reader's. */
export const entriesOf = (run: Item): RunEntry[] => unpack(run.entries) as RunEntry[];
