import type { Lane } from "#common/table/partition-reader.ts";
import type { Table } from "#common/table/table.ts";
import { listOf } from "../keys.ts";
import { makeBlockProof } from "../lists/block-proof.ts";
import { noteUnreadable } from "../lists/unreadable.ts";

/** A partition that is being read. */
export type PartitionLane = { pk: string; lane: Lane };

/** Rows of a list that are held against their blocks before the list counts as one that no chain names. */
const TRIES_MAX = 5;

const hasItem = ({ lane: { items, index } }: PartitionLane): boolean => index < items.length;

/**
 * Lets through the lists that a chain names. A verification reads every list of a type or customer that the chains
 * name, both ways; what stands in another one it cannot know of, but a reader who asks for that type or customer
 * would see it. So one row of each such list is held against its block before any is shown: one read of a block for
 * each type or customer that is asked for. A row that no block makes is passed over.
 */
export const makeListGate = (store: Pick<Table, "get">, organizationId: string) => {
  const proof = makeBlockProof(store, organizationId);
  const known = new Map<string, boolean>();

  const isNamed = async (lanes: readonly PartitionLane[]): Promise<boolean> => {
    let tries = 0;
    for (const { lane } of lanes) {
      for (const row of lane.items.slice(lane.index)) {
        if (tries === TRIES_MAX) return false;
        if (await proof.isRun(row)) return true;
        noteUnreadable(organizationId, "a list's item that no block makes");
        lane.index += 1;
        tries += 1;
      }
    }
    return false;
  };

  return async (lanes: PartitionLane[]): Promise<PartitionLane[]> => {
    const undecided = Map.groupBy(
      lanes.filter((lane) => hasItem(lane) && !known.has(listOf(lane.pk) ?? "")),
      ({ pk }) => listOf(pk),
    );
    await Promise.all(
      Array.from(undecided, async ([list, ofList]) => {
        if (list !== undefined) known.set(list, await isNamed(ofList));
      }),
    );
    return lanes.filter(({ pk }) => known.get(listOf(pk) ?? "") !== false);
  };
};
