import type { Table } from "#common/table/table.ts";
import { allChains } from "../chain/chain-of.ts";
import { readHead } from "../chain/head.ts";
import type { ChainId } from "../event.ts";

/** Where a chain ended at some time: all that is needed to prove what came before. */
export type AnchoredHead = ChainId & { organizationId: string; sequence: number; hash: string };

/** Heads of all chains of an organization that have begun. */
export const readHeads = async (
  store: Pick<Table, "get">,
  organizationId: string,
): Promise<AnchoredHead[]> => {
  const heads = await Promise.all(
    allChains().map(async (chain): Promise<AnchoredHead> => {
      const { finished } = await readHead(store, organizationId, chain);
      return { organizationId, ...chain, sequence: finished.sequence, hash: finished.hash };
    }),
  );
  return heads.filter(({ sequence }) => sequence > 0);
};
