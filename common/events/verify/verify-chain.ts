import { type Item, queryPages, type Table } from "#common/table/table.ts";
import type { Block } from "../chain/block.ts";
import { blockFromItem } from "../chain/block-item.ts";
import { genesisHash } from "../chain/hash.ts";
import { type BlockEnd, type Head, isFinished, readHead } from "../chain/head.ts";
import type { ChainId } from "../event.ts";
import { blockKey, blocksFrom, chainPartition } from "../keys.ts";
import { type ChainFault, verifyBlock } from "./verify-block.ts";
import { verifyDerived, verifyDetails } from "./verify-readable.ts";

export type VerifyOptions = {
  /** Also what readers see, compared with what the blocks say. */
  deep?: boolean;
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

const readBlock = (organizationId: string, chain: ChainId, item: Item, before: BlockEnd) => {
  try {
    return blockFromItem(organizationId, chain, item);
  } catch (error) {
    const fault: ChainFault = {
      kind: "changed",
      chain,
      block: before.number + 1,
      sequence: before.sequence + 1,
      message: `the block cannot be read: ${error instanceof Error ? error.message : error}`,
    };
    return { fault };
  }
};

/** What the head says of this block's end, if it says anything, must be so. */
const headFault = (chain: ChainId, { finished }: Head, end: BlockEnd): ChainFault | undefined =>
  end.number === finished.number && (end.sequence !== finished.sequence || end.hash !== finished.hash)
    ? {
        kind: "head",
        chain,
        block: end.number,
        sequence: end.sequence,
        message: "the head says another hash or sequence of this block",
      }
    : undefined;

/**
 * Recomputes a chain from its blocks, in order, and names the first place that is not what it was.
 * Holds one page of the table in memory (1 MB, some 10,000 events) however long the chain is. Blocks
 * that are appended meanwhile are checked or left out.
 */
export const verifyChain = async (
  store: Table,
  organizationId: string,
  chain: ChainId,
  { deep = false, from, isTimeUp = () => false }: VerifyOptions = {},
): Promise<ChainVerdict> => {
  // Before the blocks: all that it knows of must then be there.
  const head = await readHead(store, organizationId, chain);
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
    const read = readBlock(organizationId, chain, item, end);
    if ("fault" in read) return read.fault;
    const block: Block = read;
    const checked = verifyBlock(block, item, end);
    if ("fault" in checked) return checked.fault;
    const isReadable = deep && isFinished(head, block.number);
    const fault =
      headFault(chain, head, checked.end) ??
      (await verifyDetails(store, block, checked.events)) ??
      (isReadable ? await verifyDerived(store, block, checked.events) : undefined);
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
  const known = Math.max(head.finished.number, ...head.done.map(({ number }) => number));
  if (end.number < known) {
    const message = `the head knows of block ${known}, but the chain ends with block ${end.number}`;
    const at = { chain, block: end.number + 1, sequence: end.sequence + 1 };
    return verdict(true, { kind: "removed", ...at, message });
  }
  return verdict(true);
};
