import type { Table } from "#common/table/table.ts";
import type { Block, PlacedEvent } from "../chain/block.ts";
import { type Head, markFinished } from "../chain/head.ts";
import { derivedItems } from "../lists/derived-items.ts";
import { endOf } from "./chain-view.ts";

/** Announces a block whose events can be read. May be called again for the same block. */
export type Announce = (block: Block, events: readonly PlacedEvent[]) => Promise<void>;

/** A block with its events in their places. */
export type BlockWork = { block: Block; events: readonly PlacedEvent[] };

/**
 * Works blocks of one chain off: writes what readers use, then announces, then marks. In this order
 * nothing is announced that cannot be read, and nothing is marked that was not announced. A writer that dies
 * in between leaves the block open, and the next writer does it all again with the same result.
 */
export const finishBlocks = async (
  { store, announce }: { store: Table; announce: Announce },
  head: Head,
  works: readonly BlockWork[],
): Promise<void> => {
  const [first] = works;
  if (!first) return;
  await store.putAll(works.flatMap(({ block, events }) => derivedItems(block, events)));
  await Promise.all(works.map(({ block, events }) => announce(block, events)));
  await markFinished(
    store,
    first.block.organizationId,
    first.block.chain,
    head,
    works.map(({ block }) => endOf(block)),
  );
};
