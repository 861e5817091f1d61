import { queryPages, type Table } from "#common/table/table.ts";
import { AUDIT_CHAIN } from "../event.ts";
import { auditPartition, parseRunSortKey, timePartitions } from "../keys.ts";
import { entriesOf } from "../lists/run.ts";
import { type AnyOrderVerdict, makeAnyOrderCheck } from "./unordered-check.ts";
import { type ChainVerdict, chainStart } from "./verify-chain.ts";

/**
 * Checks that the lists by time (and the audit list) hold every event of the verified chains once, and
 * nothing that no chain knows: what `deep` cannot see, because it starts from the chains. Constant
 * memory. `chains` are the verdicts on the whole chains; what was appended since is left out.
 */
export const verifyLists = async (
  store: Table,
  organizationId: string,
  chains: readonly ChainVerdict[],
): Promise<AnyOrderVerdict> => {
  const check = makeAnyOrderCheck();
  const ends = new Map(chains.map(({ chain, end }) => [`${chain.epoch}-${chain.number}`, end.sequence]));
  const addRuns = async (pk: string, isAudit: boolean): Promise<void> => {
    for await (const items of queryPages(store, { pk, from: "0", to: ":", consistent: true })) {
      for (const item of items) {
        const { chain } = parseRunSortKey(item.sk);
        const isHere = isAudit === (chain.epoch === AUDIT_CHAIN.epoch);
        const end =
          (isHere ? ends.get(`${chain.epoch}-${chain.number}`) : undefined) ?? Number.POSITIVE_INFINITY;
        for (const { sequence, hash, previousHash } of entriesOf(item)) {
          if (sequence <= end) check.addPlace({ ...chain, sequence, hash, previousHash });
        }
      }
    }
  };
  for (const pk of timePartitions(organizationId)) await addRuns(pk, false);
  await addRuns(auditPartition(organizationId), true);
  return check.verdict(
    chains.map(({ chain, end }) => ({ chain, start: chainStart(organizationId, chain), end })),
  );
};
