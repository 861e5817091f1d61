import { queryAll, type Table } from "#common/table/table.ts";
import { type Block, type BlockEvent, lastSequence } from "../chain/block.ts";
import { blockFromItem } from "../chain/block-item.ts";
import { type BlockEnd, type Head, readHead } from "../chain/head.ts";
import type { ChainId } from "../event.ts";
import { blocksFrom, chainPartition, eventKey } from "../keys.ts";
import { type EventItem, eventFromItem } from "../lists/event-item.ts";

/** Where an event of the batch was found, and what it says there. */
export type Found = { event: BlockEvent; chain: ChainId; block: number };

/** What one writer knows of a chain: its head, every block above it, and where the batch's events are. */
export type ChainView = {
  organizationId: string;
  chain: ChainId;
  head: Head;
  last: BlockEnd;
  /** Blocks above `head.finished`, by number. */
  open: Map<number, Block>;
  /** Of the wanted events, those that are in a chain. */
  found: Map<string, Found>;
  wanted: ReadonlySet<string>;
};

export const endOf = (block: Block): BlockEnd => ({
  number: block.number,
  sequence: lastSequence(block),
  hash: block.hash,
});

export const addBlock = (view: ChainView, block: Block): void => {
  if (block.number !== view.last.number + 1 || block.previousHash !== view.last.hash) {
    throw new Error(`block ${block.number} does not follow block ${view.last.number}`);
  }
  view.last = endOf(block);
  view.open.set(block.number, block);
  for (const event of block.events) {
    if (view.wanted.has(event.eventId)) {
      view.found.set(event.eventId, { event, chain: view.chain, block: block.number });
    }
  }
};

/** Reads the blocks beyond the last one known. */
export const readNewBlocks = async (store: Table, view: ChainView): Promise<void> => {
  const { organizationId, chain } = view;
  const items = await queryAll(store, {
    pk: chainPartition(organizationId, chain),
    ...blocksFrom(view.last.number + 1),
    consistent: true,
  });
  for (const item of items) addBlock(view, blockFromItem(organizationId, chain, item));
};

const toFound = ({ event, salt, digest, block }: EventItem): Found => {
  const { organizationId: _, chain, ...rest } = event;
  return {
    event: { ...rest, salt, ...(digest === undefined ? {} : { digest }) },
    chain: { epoch: chain.epoch, number: chain.number },
    block,
  };
};

/**
 * Reads what a writer must know before it appends. The head comes first: an event of the chain is then
 * either in a block above it, which the query sees or the put of the next block meets, or its item was
 * written before, and the look-up sees that. An item of a later block sends the query out again.
 */
export const readChain = async (
  store: Table,
  organizationId: string,
  chain: ChainId,
  eventIds: ReadonlySet<string>,
): Promise<ChainView> => {
  const head = await readHead(store, organizationId, chain);
  const view: ChainView = {
    organizationId,
    chain,
    head,
    last: head.finished,
    open: new Map(),
    found: new Map(),
    wanted: eventIds,
  };
  const [, items] = await Promise.all([
    readNewBlocks(store, view),
    store.getMany(
      [...eventIds].map((eventId) => eventKey(organizationId, eventId)),
      { consistent: true },
    ),
  ]);
  const found = items.map((item) => toFound(eventFromItem(organizationId, item)));
  for (const one of found) view.found.set(one.event.eventId, one);
  const isAhead = ({ chain: { epoch, number }, block }: Found) =>
    epoch === chain.epoch && number === chain.number && block > view.last.number;
  if (found.some(isAhead)) await readNewBlocks(store, view);
  return view;
};
