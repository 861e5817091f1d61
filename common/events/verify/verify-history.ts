import { jobKind } from "#common/jobs/job.ts";
import type { JobWork } from "#common/jobs/work-on-job.ts";
import type { Table } from "#common/table/table.ts";
import type { ChainVerdict } from "./verify-chain.ts";
import { checkedIn, type OrganizationVerdict, verifyOrganization } from "./verify-organization.ts";

export type VerifyHistoryDeps = {
  store: Table;
  now: () => number;
  /** Milliseconds between two checkpoints. */
  checkpointMs?: number;
};

type VerificationCheckpoint = { chains: ChainVerdict[] };
export type VerificationResult = Pick<OrganizationVerdict, "valid" | "checked" | "brokenAt">;

export const verificationJob = jobKind<Record<string, never>, VerificationCheckpoint, VerificationResult>(
  "events-verification",
);

const CHECKPOINT_MS = 15_000;

/** Verifies an organization's chains; goes on from the last block that was checked. */
export const makeVerifyHistory = ({
  store,
  now,
  checkpointMs = CHECKPOINT_MS,
}: VerifyHistoryDeps): JobWork<Record<string, never>, VerificationCheckpoint, VerificationResult> => ({
  kind: verificationJob,

  work: async (job, control) => {
    let earlier = job.checkpoint?.chains ?? [];
    for (;;) {
      const pauseAt = now() + checkpointMs;
      const isTimeUp = (): boolean => now() >= Math.min(pauseAt, control.until);
      const { valid, checked, brokenAt, complete, chains } = await verifyOrganization(
        store,
        job.organizationId,
        { deep: true, isTimeUp, earlier },
      );
      if (complete || brokenAt) return { valid, checked, ...(brokenAt ? { brokenAt } : {}) };
      // Without a block more this attempt came nowhere, and counts as one that failed.
      if (checkedIn(chains) > checkedIn(earlier)) await control.checkpoint({ chains });
      if (now() >= control.until) return undefined;
      earlier = chains;
    }
  },

  clear: async () => {},
});
