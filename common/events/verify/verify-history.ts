import type { JobWork } from "#common/jobs/work-on-job.ts";
import type { Json } from "#common/json/json.ts";
import type { Table } from "#common/table/table.ts";
import type { ChainVerdict } from "./verify-chain.ts";
import { checkedIn, verifyOrganization } from "./verify-organization.ts";

export type VerifyHistoryDeps = {
  store: Table;
  now: () => number;
  /** Milliseconds between two checkpoints. */
  checkpointMs?: number;
};

type Checkpoint = { chains: ChainVerdict[] };

const CHECKPOINT_MS = 15_000;

const toJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

/** Verifies an organization's chains; goes on from the last block that was checked. */
export const makeVerifyHistory = ({
  store,
  now,
  checkpointMs = CHECKPOINT_MS,
}: VerifyHistoryDeps): JobWork => ({
  work: async (job, control) => {
    let earlier = (job.checkpoint as unknown as Checkpoint | undefined)?.chains ?? [];
    for (;;) {
      const pauseAt = now() + checkpointMs;
      const isTimeUp = (): boolean => now() >= Math.min(pauseAt, control.until);
      const { valid, checked, brokenAt, complete, chains } = await verifyOrganization(
        store,
        job.organizationId,
        { deep: true, isTimeUp, earlier },
      );
      if (complete || brokenAt) return toJson({ valid, checked, brokenAt });
      // Without a block more this attempt came nowhere, and counts as one that failed.
      if (checkedIn(chains) > checkedIn(earlier)) {
        await control.checkpoint(toJson({ chains }));
      }
      if (now() >= control.until) return undefined;
      earlier = chains;
    }
  },

  clear: async () => {},
});
