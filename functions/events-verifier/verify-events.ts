import type { Member } from "#common/auth/caller.ts";
import type { HeldAnchor } from "#common/events/anchors/heads.ts";
import {
  resultOf,
  type VerificationResult,
  type verificationJob,
} from "#common/events/verify/verify-history.ts";
import { eventsCheckedIn, verifyOrganization } from "#common/events/verify/verify-organization.ts";
import { type Answer, ok } from "#common/http/answers.ts";
import { JOB_RETRY_AFTER_SECONDS, type JobOf } from "#common/jobs/job.ts";
import type { JobsOf } from "#common/jobs/jobs.ts";
import { makeStartJob, readOwnJob, type SendJob } from "#common/jobs/start-job.ts";
import type { Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";

type VerificationJob = JobOf<typeof verificationJob>;

export type VerifyEventsDeps = {
  store: Table;
  /** The last anchor of an organization. */
  anchorOf: (organizationId: string) => Promise<HeldAnchor | null>;
  jobs: JobsOf<typeof verificationJob>;
  send: SendJob;
  now: Clock;
  /** How long verifying may take before it becomes a job. */
  milliseconds?: number;
};

export type VerificationAnswer = Pick<VerificationResult, "brokenAt"> & {
  anchor: string | null;
  id: string;
  status: VerificationJob["state"];
  valid: boolean | null;
  checked: number | null;
  reason?: string;
};

const MILLISECONDS = 20_000;

const RETRY_AFTER = { "retry-after": String(JOB_RETRY_AFTER_SECONDS) };

/** A verdict, with what is wrong in words. */
const withReason = (result: VerificationResult): VerificationResult & { reason?: string } => ({
  ...result,
  ...(result.brokenAt ? { reason: result.brokenAt.message } : {}),
});

const answerOf = ({ jobId, state, checkpoint, result, reason }: VerificationJob): VerificationAnswer => {
  const answer = { id: jobId, status: state, valid: null, checked: null, anchor: null };
  if (state === "failed") return { ...answer, reason: reason ?? "" };
  if (result) return { ...answer, ...withReason(result) };
  const { anchor = null, chains = [] } = checkpoint?.progress ?? {};
  return { ...answer, anchor: anchor?.key ?? null, checked: eventsCheckedIn(chains) };
};

export const makeVerifyEvents = ({
  store,
  anchorOf,
  jobs,
  send,
  now,
  milliseconds = MILLISECONDS,
}: VerifyEventsDeps) => {
  const startJob = makeStartJob({ jobs, send, now });

  return {
    /** The verdict, or a job that comes to one. */
    verify: async (caller: Member, attempt: { id: string }): Promise<Answer> => {
      const { organizationId, userId } = caller;
      const until = now() + milliseconds;
      const isTimeUp = (): boolean => now() > until;
      const anchor = () => anchorOf(organizationId);
      const verdict = await verifyOrganization(store, organizationId, { deep: true, anchor, isTimeUp });
      if (verdict.complete) return ok(withReason(resultOf(verdict)));
      const job = await startJob({
        jobId: attempt.id,
        organizationId,
        userId,
        request: {},
      });
      const headers = { location: `/events/verifications/${job.jobId}`, ...RETRY_AFTER };
      return { status: 202, body: answerOf(job), headers };
    },

    /** How far a verification of the caller's is. */
    status: async (caller: Member, jobId: string): Promise<Answer> => {
      const job = await readOwnJob(jobs, caller, jobId);
      return { ...ok(answerOf(job)), ...(job.state === "running" ? { headers: RETRY_AFTER } : {}) };
    },
  };
};
