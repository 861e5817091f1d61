import type { Table } from "#common/table/table.ts";
import { allChains } from "../chain/chain-of.ts";
import { readHead } from "../chain/head.ts";
import type { ChainId } from "../event.ts";

/** Where a chain ended at some time: all that is needed to prove what came before. */
export type AnchoredHead = ChainId & { organizationId: string; sequence: number; hash: string };

/** The last anchor, as far as it speaks of one organization. */
export type HeldAnchor = { key: string; heads: AnchoredHead[] };

export const isAnchoredHead = (value: unknown): value is AnchoredHead => {
  if (typeof value !== "object" || value === null) return false;
  const { organizationId, epoch, number, sequence, hash } = value as Record<string, unknown>;
  return (
    typeof organizationId === "string" &&
    [epoch, number, sequence].every(Number.isSafeInteger) &&
    typeof hash === "string"
  );
};

/** The heads that an anchor names; throws when it is no anchor. */
export const headsOfAnchor = (bytes: Uint8Array): AnchoredHead[] => {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const heads: unknown =
    typeof value === "object" && value !== null && "heads" in value ? value.heads : undefined;
  if (!Array.isArray(heads) || !heads.every(isAnchoredHead)) throw new Error("it has no heads");
  return heads;
};

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
