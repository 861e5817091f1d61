import { jobKind } from "#common/jobs/job.ts";
import type { JobWork } from "#common/jobs/work-on-job.ts";
import type { Table } from "#common/table/table.ts";
import type { HeldAnchor } from "../anchors/heads.ts";
import {
  type OrganizationVerdict,
  type Progress,
  verifyOrganization,
  workDone,
} from "./verify-organization.ts";

export type VerifyHistoryDeps = {
  store: Table;
  /** The last anchor of an organization. */
  anchorOf: (organizationId: string) => Promise<HeldAnchor | null>;
  now: () => number;
  /** Milliseconds between two checkpoints. */
  checkpointMs?: number;
};

type VerificationCheckpoint = { progress: Progress };
export type VerificationResult = Pick<OrganizationVerdict, "valid" | "checked" | "anchor" | "brokenAt">;

/** What the answer says of a verdict. */
export const resultOf = ({ valid, checked, anchor, brokenAt }: OrganizationVerdict): VerificationResult => ({
  valid,
  checked,
  anchor,
  ...(brokenAt ? { brokenAt } : {}),
});

export const verificationJob = jobKind<Record<string, never>, VerificationCheckpoint, VerificationResult>(
  "events-verification",
);

const CHECKPOINT_MS = 15_000;

/** Verifies an organization's chains; goes on from the last block that was checked. */
export const makeVerifyHistory = ({
  store,
  anchorOf,
  now,
  checkpointMs = CHECKPOINT_MS,
}: VerifyHistoryDeps): JobWork<Record<string, never>, VerificationCheckpoint, VerificationResult> => ({
  kind: verificationJob,

  work: async (job, control) => {
    let earlier = job.checkpoint?.progress;
    for (;;) {
      const pauseAt = now() + checkpointMs;
      // The second pass is done in one piece.
      const stopAt = earlier?.isLocating ? control.until : Math.min(pauseAt, control.until);
      const verdict = await verifyOrganization(store, job.organizationId, {
        deep: true,
        anchor: () => anchorOf(job.organizationId),
        isTimeUp: () => now() >= stopAt,
        earlier,
      });
      if (verdict.complete) return resultOf(verdict);
      const { progress } = verdict;
      // Without a block or a row more this attempt came nowhere, and counts as one that failed.
      if (!earlier || workDone(progress) > workDone(earlier)) await control.checkpoint({ progress });
      if (now() >= control.until) return undefined;
      earlier = progress;
    }
  },

  clear: async () => {},
});
