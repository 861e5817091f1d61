import type { Member } from "#common/auth/caller.ts";
import { type OrganizationVerdict, verifyOrganization } from "#common/events/verify/verify-organization.ts";
import { type Answer, ok } from "#common/http/answers.ts";
import type { Job, JobStore } from "#common/jobs/job.ts";
import { type JobMessage, makeStartJob, readJob } from "#common/jobs/start-job.ts";
import type { Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";

export type VerifyEventsDeps = {
  store: Table;
  jobs: JobStore;
  send: (message: JobMessage) => Promise<void>;
  now: Clock;
  /** How long verifying may take before it becomes a job. */
  milliseconds?: number;
};

type Verdict = Pick<OrganizationVerdict, "valid" | "checked" | "brokenAt">;

export type VerificationAnswer = Pick<Verdict, "brokenAt"> & {
  id: string;
  status: Job["state"];
  valid: boolean | null;
  checked: number | null;
  reason?: string;
};

const MILLISECONDS = 20_000;

const answerOf = ({ jobId, state, result, reason }: Job): VerificationAnswer => {
  const answer = { id: jobId, status: state, valid: null, checked: null };
  if (state === "failed") return { ...answer, reason: reason ?? "" };
  return state === "running" ? answer : { ...answer, ...(result as unknown as Verdict) };
};

export const makeVerifyEvents = ({
  store,
  jobs,
  send,
  now,
  milliseconds = MILLISECONDS,
}: VerifyEventsDeps) => {
  const startJob = makeStartJob({ jobs, send, now: () => new Date(now()) });

  return {
    /** The verdict, or a job that comes to one. */
    verify: async (caller: Member, attempt: { id: string }): Promise<Answer> => {
      const { organizationId, userId } = caller;
      const until = now() + milliseconds;
      const isTimeUp = (): boolean => now() > until;
      const verdict = await verifyOrganization(store, organizationId, { deep: true, isTimeUp });
      const { valid, checked, brokenAt } = verdict;
      if (verdict.complete || brokenAt) return ok({ valid, checked, ...(brokenAt ? { brokenAt } : {}) });
      const job = await startJob({
        jobId: attempt.id,
        organizationId,
        userId,
        kind: "verification",
        request: {},
      });
      const headers = { location: `/events/verifications/${job.jobId}` };
      return { status: 202, body: answerOf(job), headers };
    },

    /** How far a verification of the caller's is. */
    status: async (caller: Member, jobId: string): Promise<VerificationAnswer> =>
      answerOf(await readJob(jobs, "verification", caller, jobId)),
  };
};
