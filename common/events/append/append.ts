import type { Item, Table } from "#common/table/table.ts";
import { type BlockEvent, checksumOf, placedEvents, placeEvents, toBlockEvent } from "../chain/block.ts";
import { blockToItem } from "../chain/block-item.ts";
import { isFinished } from "../chain/head.ts";
import { isSameContent } from "../chain/same-content.ts";
import type { ChainId, EventMessage } from "../event.ts";
import { withoutLargeDetail } from "../lists/large-detail.ts";
import { addBlock, type ChainView, readChain, readNewBlocks } from "./chain-view.ts";
import { type Announce, type BlockWork, finishBlocks } from "./finish-blocks.ts";

export type AppendDeps = {
  store: Table;
  announce: Announce;
};

/** `conflict`: another content stands under the id, and stays. */
export type Outcome = "stored" | "conflict";

/** JSON bytes of a block's events; packed they are less, and an item takes 400 KB. */
const BLOCK_BYTES_MAX = 300_000;

/**
 * Failed tries to put a block: each means that another writer's got through. A batch that still has no
 * place after so many returns to its queue.
 */
const TRIES_MAX = 40;

/**
 * A block this far behind the last one, whose writer has not finished it, is finished by the next writer that reads it:
 * else, until its messages come back, every writer would read all blocks since, again and again.
 */
const STRAGGLER_BLOCKS = 32;

type Cut = { events: BlockEvent[]; details: Item[] };

/** As many events as make a block, from the front; large details taken out. */
const cutBlock = (organizationId: string, messages: Iterable<EventMessage>): Cut => {
  const cut: Cut = { events: [], details: [] };
  let bytes = 0;
  for (const message of messages) {
    const { event, item } = withoutLargeDetail(organizationId, toBlockEvent(message));
    bytes += Buffer.byteLength(JSON.stringify(event));
    if (cut.events.length > 0 && bytes > BLOCK_BYTES_MAX) break;
    cut.events.push(event);
    if (item) cut.details.push(item);
  }
  return cut;
};

const makeBlock = ({ organizationId, chain, last }: ChainView, events: BlockEvent[]): BlockWork => {
  const start = { firstSequence: last.sequence + 1, previousHash: last.hash };
  const placed = placeEvents(organizationId, chain, start, events);
  const block = {
    organizationId,
    chain,
    number: last.number + 1,
    ...start,
    hash: placed.at(-1)?.hash ?? last.hash,
    events,
    checksums: events.map(checksumOf),
  };
  return { block, events: placed };
};

/** Puts what no block holds yet at the end of the chain, the first of each id; answers its own blocks. */
const appendNew = async (
  store: Table,
  view: ChainView,
  messages: readonly EventMessage[],
): Promise<BlockWork[]> => {
  const own: BlockWork[] = [];
  const missing = new Map<string, EventMessage>();
  for (const message of messages) {
    if (!view.found.has(message.eventId) && !missing.has(message.eventId)) {
      missing.set(message.eventId, message);
    }
  }
  for (let failed = 0; missing.size > 0; ) {
    const { events, details } = cutBlock(view.organizationId, missing.values());
    if (details.length > 0) await store.putAll(details);
    const made = makeBlock(view, events);
    if (await store.putIfAbsent(blockToItem(made.block))) {
      addBlock(view, made.block);
      own.push(made);
    } else {
      failed += 1;
      if (failed === TRIES_MAX) throw new Error(`no place in the chain after ${failed} tries`);
      // Also how a writer finds its own block when the answer to its put was lost.
      await readNewBlocks(store, view);
    }
    for (const eventId of missing.keys()) if (view.found.has(eventId)) missing.delete(eventId);
  }
  return own;
};

/** Other writers' blocks whose work is not known to be done: those that hold events of the batch, and stragglers. */
const othersUnfinished = ({ head, last, open, found }: ChainView, own: readonly BlockWork[]): BlockWork[] => {
  const ofBatch = new Set(Array.from(found.values(), ({ block }) => block));
  const isOwn = new Set(own.map(({ block }) => block.number));
  return [...open.values()]
    .filter(({ number }) => !isOwn.has(number) && !isFinished(head, number))
    .filter(({ number }) => ofBatch.has(number) || number <= last.number - STRAGGLER_BLOCKS)
    .map((block) => ({ block, events: placedEvents(block) }));
};

/**
 * Appends messages of one organization to their chain and sees to it that everything readers use is
 * written and announced, also where another writer appended them: when this returns, each message may be acknowledged.
 * Safe to repeat with any part of the messages, by any number of writers at once. Outcomes stand in
 * the order of the messages.
 */
export const appendToChain = async (
  { store, announce }: AppendDeps,
  organizationId: string,
  chain: ChainId,
  messages: readonly EventMessage[],
): Promise<Outcome[]> => {
  const wanted = new Set(messages.map(({ eventId }) => eventId));
  const view = await readChain(store, organizationId, chain, wanted);
  const own = await appendNew(store, view, messages);
  await finishBlocks({ store, announce }, view.head, [...own, ...othersUnfinished(view, own)]);
  return messages.map((message) => {
    const found = view.found.get(message.eventId);
    if (!found) throw new Error("an event that was appended is nowhere");
    return isSameContent(message, found.event) ? "stored" : "conflict";
  });
};
