import type { Table } from "#common/table/table.ts";
import { allChains } from "../chain/chain-of.ts";
import { isAuditChain } from "../event.ts";
import { chainPartition } from "../keys.ts";
import type { ChainFault } from "./verify-block.ts";
import { type ChainVerdict, chainStart, type VerifyOptions, verifyChain } from "./verify-chain.ts";

export type OrganizationVerdict = {
  valid: boolean;
  /** The organization's events. The audit chain is verified too, but its events count only where they are asked for. */
  checked: number;
  complete: boolean;
  chains: ChainVerdict[];
  /** The first fault of the first chain that has one. */
  brokenAt?: ChainFault;
};

/** The organization's events among them: what a caller hears was checked. */
export const eventsCheckedIn = (chains: readonly ChainVerdict[]): number =>
  checkedIn(chains.filter(({ chain }) => !isAuditChain(chain)));

/** Events looked at in these chains, audit events too. */
export const checkedIn = (chains: readonly ChainVerdict[]): number =>
  chains.reduce((sum, { checked }) => sum + checked, 0);

/**
 * Verifies all chains of an organization, one after the other. When time is up it is not complete:
 * hand the verdict's `chains` in as `earlier` to go on.
 */
export const verifyOrganization = async (
  store: Table,
  organizationId: string,
  {
    deep = false,
    isTimeUp = () => false,
    earlier = [],
  }: Omit<VerifyOptions, "from"> & { earlier?: readonly ChainVerdict[] } = {},
): Promise<OrganizationVerdict> => {
  const before = new Map(earlier.map((verdict) => [chainPartition(organizationId, verdict.chain), verdict]));
  const chains: ChainVerdict[] = [];
  for (const chain of allChains()) {
    const last = before.get(chainPartition(organizationId, chain));
    if (last?.complete) {
      chains.push(last);
    } else if (isTimeUp()) {
      const end = last?.end ?? chainStart(organizationId, chain);
      chains.push({ chain, checked: last?.checked ?? 0, end, complete: false });
    } else {
      const from = last ? { from: last.end } : {};
      const verdict = await verifyChain(store, organizationId, chain, { deep, isTimeUp, ...from });
      chains.push({ ...verdict, checked: verdict.checked + (last?.checked ?? 0) });
    }
  }
  const brokenAt = chains.find(({ fault }) => fault)?.fault;
  return {
    valid: !brokenAt,
    checked: eventsCheckedIn(chains),
    complete: chains.every(({ complete }) => complete),
    chains,
    ...(brokenAt ? { brokenAt } : {}),
  };
};
