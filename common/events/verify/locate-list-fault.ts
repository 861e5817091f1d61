import { queryPages, type Table } from "#common/table/table.ts";
import { type Block, placedEvents } from "../chain/block.ts";
import { blockFromItem } from "../chain/block-item.ts";
import { allChains } from "../chain/chain-of.ts";
import type { ChainId } from "../event.ts";
import { ALL_RUNS, blocksFrom, chainPartition, fixedPartitions, listOf, partitionsOfList } from "../keys.ts";
import { makeBlockProof } from "../lists/block-proof.ts";
import { derivedRuns } from "../lists/derived-items.ts";
import { rowFault } from "./row-fault.ts";
import { bucketOf } from "./row-sums.ts";
import type { ChainFault } from "./verify-block.ts";
import { verifyRows } from "./verify-readable.ts";

export type LocateDeps = {
  store: Table;
  organizationId: string;
  isSettled: (chain: ChainId, block: number) => boolean;
  /** The sums that are not even. */
  buckets: readonly number[];
  isTimeUp: () => boolean;
};

export type Located = { complete: boolean; fault?: ChainFault };

class TimeIsUp extends Error {}

async function* blocksOf({ store, organizationId, isTimeUp }: LocateDeps): AsyncGenerator<Block> {
  for (const chain of allChains()) {
    const pk = chainPartition(organizationId, chain);
    for await (const items of queryPages(store, { pk, ...blocksFrom(1), consistent: true })) {
      for (const item of items) yield blockFromItem(organizationId, chain, item);
      if (isTimeUp()) throw new TimeIsUp();
    }
  }
}

/** The first row that a block makes and that is not there, or says something else. */
const findMissing = async (deps: LocateDeps): Promise<ChainFault | undefined> => {
  const { store, isSettled, buckets } = deps;
  for await (const block of blocksOf(deps)) {
    if (!isSettled(block.chain, block.number)) continue;
    const runs = derivedRuns(block, placedEvents(block)).filter(({ pk }) => buckets.includes(bucketOf(pk)));
    const fault = await verifyRows(store, block, runs);
    if (fault) return fault;
  }
  return undefined;
};

/** The first row of those partitions that no block makes. */
const findInserted = async (deps: LocateDeps): Promise<ChainFault | undefined> => {
  const { store, organizationId, buckets, isTimeUp } = deps;
  const proof = makeBlockProof(store, organizationId);
  const seen = new Set<string>();
  const look = async (pk: string): Promise<ChainFault | undefined> => {
    if (seen.has(pk) || !buckets.includes(bucketOf(pk))) return undefined;
    seen.add(pk);
    for await (const rows of queryPages(store, { pk, ...ALL_RUNS, consistent: true })) {
      for (const row of rows) if (!(await proof.isRun(row))) return rowFault(row, "is of no block");
      if (isTimeUp()) throw new TimeIsUp();
    }
    return undefined;
  };
  for (const pk of fixedPartitions(organizationId)) {
    const fault = await look(pk);
    if (fault) return fault;
  }
  for await (const block of blocksOf(deps)) {
    const lists = new Set(derivedRuns(block).flatMap(({ pk }) => listOf(pk) ?? []));
    for (const pk of [...lists].flatMap(partitionsOfList)) {
      const fault = await look(pk);
      if (fault) return fault;
    }
  }
  return undefined;
};

/**
 * Names the first row that makes a sum uneven, in a second pass over the chains that looks at the rows of those
 * sums one by one. Finds nothing where rows only are written in another way than they would be today.
 */
export const locateListFault = async (deps: LocateDeps): Promise<Located> => {
  try {
    const fault = (await findMissing(deps)) ?? (await findInserted(deps));
    return { complete: true, ...(fault ? { fault } : {}) };
  } catch (error) {
    if (error instanceof TimeIsUp) return { complete: false };
    throw error;
  }
};
