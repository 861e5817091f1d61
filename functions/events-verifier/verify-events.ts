import type { Job, JobStore } from "#common/events/jobs/job.ts";
import { type JobMessage, makeStartJob, readJob } from "#common/events/jobs/start-job.ts";
import { OutOfTime, untilTime } from "#common/events/jobs/time-limit.ts";
import type { EventStore } from "#common/events/store.ts";
import type { Verdict } from "#common/events/verification/broken.ts";
import { verdictOf, verifyChains } from "#common/events/verification/verify-chains.ts";
import { type Answer, ok } from "#common/http/answers.ts";

export type VerifyEventsDeps = {
  store: Pick<EventStore, "get" | "getMany" | "queryPage">;
  jobs: JobStore;
  send: (message: JobMessage) => Promise<void>;
  now: () => Date;
  /** How long verifying may take before it becomes a job. */
  milliseconds?: number;
};

export type VerificationAnswer = Pick<Verdict, "brokenAt"> & {
  id: string;
  status: Job["state"];
  valid: boolean | null;
  checked: number | null;
  reason?: string;
};

type Caller = { organizationId: string; userId: string };

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
  const startJob = makeStartJob({ jobs, send, now });

  return {
    /** The verdict, or a job that comes to one. */
    verify: async (caller: Caller, attempt: { id: string }): Promise<Answer> => {
      const { organizationId, userId } = caller;
      const limited = untilTime(store, now().getTime() + milliseconds, () => now().getTime());
      try {
        return ok(await verdictOf(verifyChains(limited, organizationId)));
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
      }
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
    status: async (caller: Caller, jobId: string): Promise<VerificationAnswer> =>
      answerOf(await readJob(jobs, "verification", caller, jobId)),
  };
};
