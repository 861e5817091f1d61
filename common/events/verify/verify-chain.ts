import { type Item, queryPages, type Table } from "#common/table/table.ts";
import type { AnchoredHead } from "../anchors/heads.ts";
import type { Block, PlacedEvent } from "../chain/block.ts";
import { blockFromItem } from "../chain/block-item.ts";
import { genesisHash } from "../chain/hash.ts";
import { type BlockEnd, type Head, isFinished, readHead } from "../chain/head.ts";
import type { ChainId } from "../event.ts";
import { blockKey, blocksFrom, chainPartition } from "../keys.ts";
import { type BlockVerdict, type ChainFault, verifyBlock } from "./verify-block.ts";
import { verifyDetails } from "./verify-readable.ts";

export type VerifyChainOptions = {
  /** The chain's head as it was before this; read now if it is not given. */
  head?: Head;
  /** Where the chain was at the last anchor. */
  anchored?: AnchoredHead | undefined;
  /** Checks what readers see of a finished block. */
  checkReadable?: (block: Block, events: readonly PlacedEvent[]) => Promise<ChainFault | undefined>;
  /** Where to go on: the `end` of an earlier verdict, or of an anchor. That block must still be so. */
  from?: BlockEnd;
  /** Asked after each block; when it says yes, the verdict is about what was checked until then. */
  isTimeUp?: () => boolean;
};

export type ChainVerdict = {
  chain: ChainId;
  /** Events checked by this call. */
  checked: number;
  /** The last block that is right: where a later call goes on. */
  end: BlockEnd;
  /** False when the time was up before the chain's end. */
  complete: boolean;
  fault?: ChainFault;
};

/** Where a chain begins: before its first event. */
export const chainStart = (organizationId: string, chain: ChainId): BlockEnd => ({
  number: 0,
  sequence: 0,
  hash: genesisHash(organizationId, chain),
});

/** The block of an item, checked; whatever is in it that no block can hold makes it one that cannot be read. */
const readBlock = (
  organizationId: string,
  chain: ChainId,
  item: Item,
  before: BlockEnd,
): { block?: Block; verdict: BlockVerdict } => {
  try {
    const block = blockFromItem(organizationId, chain, item);
    return { block, verdict: verifyBlock(block, item, before) };
  } catch (error) {
    const fault: ChainFault = {
      kind: "changed",
      chain,
      block: before.number + 1,
      sequence: before.sequence + 1,
      message: `the block cannot be read: ${error instanceof Error ? error.message : error}`,
    };
    return { verdict: { fault } };
  }
};

/** What the head says of this block's end, if it says anything, must be so. */
const headFault = (chain: ChainId, { finished, done }: Head, end: BlockEnd): ChainFault | undefined => {
  const said = [finished, ...done].find(({ number }) => number === end.number);
  if (!said || (said.sequence === end.sequence && said.hash === end.hash)) return undefined;
  const { number: block, sequence } = end;
  return {
    kind: "head",
    chain,
    block,
    sequence,
    message: "the head says another hash or sequence of this block",
  };
};

/** The event that an anchor names must be the one that it names. */
const anchorFault = (
  { chain, number }: Block,
  events: readonly PlacedEvent[],
  anchored: AnchoredHead | undefined,
): ChainFault | undefined => {
  const event = events.find(({ sequence }) => sequence === anchored?.sequence);
  if (!event || event.hash === anchored?.hash) return undefined;
  const { sequence, eventId } = event;
  const message = "the event is not the one that was anchored here";
  return { kind: "changed", chain, block: number, sequence, eventId, message };
};

/** What a chain that was read to its end does not have, although its head or the anchor knows of it. */
const endFault = (
  chain: ChainId,
  end: BlockEnd,
  { finished, done }: Head,
  anchored: AnchoredHead | undefined,
): ChainFault | undefined => {
  const at = { chain, block: end.number + 1, sequence: end.sequence + 1 };
  const known = Math.max(finished.number, ...done.map(({ number }) => number));
  if (end.number < known) {
    const message = `the head knows of block ${known}, but the chain ends with block ${end.number}`;
    return { kind: "removed", ...at, message };
  }
  if (!anchored) return undefined;
  if (end.sequence < anchored.sequence) {
    const message = `event ${anchored.sequence} was anchored, but the chain ends with event ${end.sequence}`;
    return { kind: "removed", ...at, message };
  }
  if (finished.sequence < anchored.sequence) {
    const message = `event ${anchored.sequence} was anchored, but the head knows of ${finished.sequence}`;
    return { kind: "head", chain, block: finished.number, sequence: finished.sequence, message };
  }
  return undefined;
};

/**
 * Recomputes a chain from its blocks, in order, and names the first place that is not what it was.
 * Holds one page of the table in memory (1 MB, some 10,000 events) however long the chain is. Blocks
 * that are appended meanwhile are checked or left out.
 */
export const verifyChain = async (
  store: Table,
  organizationId: string,
  chain: ChainId,
  { head: given, anchored, checkReadable, from, isTimeUp = () => false }: VerifyChainOptions = {},
): Promise<ChainVerdict> => {
  // Before the blocks: all that it knows of must then be there.
  const head = given ?? (await readHead(store, organizationId, chain));
  const start = from ?? chainStart(organizationId, chain);
  let end = start;
  const verdict = (complete: boolean, fault?: ChainFault): ChainVerdict => ({
    chain,
    checked: end.sequence - start.sequence,
    end,
    complete,
    ...(fault ? { fault } : {}),
  });

  const checkBlock = async (item: Item): Promise<ChainFault | undefined> => {
    const { block, verdict: checked } = readBlock(organizationId, chain, item, end);
    if ("fault" in checked) return checked.fault;
    if (!block) return undefined;
    const fault =
      headFault(chain, head, checked.end) ??
      anchorFault(block, checked.events, anchored) ??
      (await verifyDetails(store, block, checked.events)) ??
      (isFinished(head, block.number) ? await checkReadable?.(block, checked.events) : undefined);
    if (!fault) end = checked.end;
    return fault;
  };

  if (start.number > 0) {
    const item = await store.get(blockKey(organizationId, chain, start.number), { consistent: true });
    if (item?.hash !== start.hash || item.lastSequence !== start.sequence) {
      const message = `block ${start.number} is not the one that was verified or anchored`;
      const kind = item ? "changed" : "removed";
      return verdict(true, { kind, chain, block: start.number, sequence: start.sequence, message });
    }
  }
  const pages = queryPages(store, {
    pk: chainPartition(organizationId, chain),
    ...blocksFrom(start.number + 1),
    consistent: true,
  });
  for await (const items of pages) {
    for (const item of items) {
      const fault = await checkBlock(item);
      if (fault) return verdict(true, fault);
      if (isTimeUp()) return verdict(false);
    }
  }
  return verdict(true, endFault(chain, end, head, anchored));
};
