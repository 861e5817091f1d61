import type { MemoryTable } from "#common/table/testing/memory-table.ts";
import { type BlockEvent, checksumOf } from "../chain/block.ts";
import { blockFromItem, blockToItem } from "../chain/block-item.ts";
import type { ChainId } from "../event.ts";
import { blockKey } from "../keys.ts";

/** What a person with access to the table could do to a block's events; the checksums can be forged as well. */
export const changeEvents = (
  store: MemoryTable,
  chain: ChainId,
  number: number,
  change: (events: BlockEvent[]) => BlockEvent[],
  { forge = false } = {},
) =>
  store.tamper(blockKey("demo", chain, number), (item) => {
    const block = blockFromItem("demo", chain, item);
    const events = change(block.events);
    return blockToItem({ ...block, events, checksums: forge ? events.map(checksumOf) : block.checksums });
  });

export const replace = (index: number, more: Partial<BlockEvent>) => (events: BlockEvent[]) =>
  events.map((event, at) => (at === index ? { ...event, ...more } : event));

export const EXTRA: BlockEvent = {
  eventId: "extra",
  customerId: "customer-1",
  type: "account.opened",
  description: "never happened",
  date: "2025-01-01T00:00:00.000Z",
  recordedAt: "2025-01-01T00:00:00.000Z",
  salt: "AAAAAAAAAAAAAAAAAAAAAA",
};
