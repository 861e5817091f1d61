import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { isUuid } from "#common/ids/uuid.ts";
import { JOB_RETRY_AFTER_SECONDS } from "#common/jobs/job.ts";
import type { JobsOf } from "#common/jobs/jobs.ts";
import { makeStartJob, type SendJob } from "#common/jobs/start-job.ts";
import { numberOf, type Table, textOf } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import type { RecleansingJob, RecleansingRequest, recleansingJob } from "./recleanse.ts";

export type RecleansingsDeps = {
  /** The table `transactions`. */
  table: Pick<Table, "get" | "putIfVersion">;
  jobs: JobsOf<typeof recleansingJob>;
  send: SendJob;
  now: Clock;
};

export type Recleansing = {
  id: string;
  status: "running" | "completed" | "failed";
  rows: number;
  rowsDone: number;
  changed: number;
  secondsLeft?: number;
  reason?: string;
};

/** A job that was never begun so long after it was made has no message on the queue. */
const LOST_MS = 60_000;

const currentKey = (organizationId: string) => ({ pk: `${organizationId}#cleansings`, sk: "current" });

const STATUS = { running: "running", succeeded: "completed", failed: "failed" } as const;

const secondsLeft = (job: RecleansingJob, nowMs: number): { secondsLeft?: number } => {
  const { rows = 0, rowsDone = 0 } = job.checkpoint ?? {};
  if (job.state !== "running" || rowsDone === 0) return {};
  const each = (nowMs - Date.parse(job.createdAt)) / rowsDone;
  return { secondsLeft: Math.ceil((each * (rows - rowsDone)) / 1000) };
};

const viewOf = (job: RecleansingJob, nowMs: number): Recleansing => {
  const { rows, rowsDone, changed } = job.result ?? job.checkpoint ?? { rows: 0, rowsDone: 0, changed: 0 };
  return {
    id: job.jobId,
    status: STATUS[job.state],
    rows,
    rowsDone,
    changed,
    ...secondsLeft(job, nowMs),
    ...(job.state === "failed" ? { reason: job.reason ?? "" } : {}),
  };
};

/** Cleansings of whole organizations, of which each has one at a time. */
export const makeRecleansings = ({ table, jobs, send, now }: RecleansingsDeps) => {
  const startJob = makeStartJob({ jobs, send, now });

  /** Makes this cleansing the organization's one; throws `CLEANSING_RUNNING` while another is. */
  const claim = async (organizationId: string, jobId: string): Promise<void> => {
    const key = currentKey(organizationId);
    const present = await table.get(key, { consistent: true });
    const running = new AppError("CLEANSING_RUNNING", { retryAfterSeconds: JOB_RETRY_AFTER_SECONDS });
    if (present !== undefined && textOf(present, "jobId") !== jobId) {
      const before = await jobs.read(organizationId, textOf(present, "jobId"));
      const age = now() - numberOf(present, "claimedAt");
      // Claimed a moment ago, and its job is about to be kept.
      if (before === undefined && age < LOST_MS) throw running;
      if (before?.state === "running") {
        const isLost = before.attempts === 0 && before.checkpoint === undefined && age > LOST_MS;
        if (isLost) await send({ organizationId, jobId: before.jobId });
        throw running;
      }
    }
    const version = present === undefined ? 0 : numberOf(present, "version");
    const put = await table.putIfVersion({ ...key, jobId, claimedAt: now(), version: version + 1 }, version);
    const isOurs = put.done || (put.present !== undefined && textOf(put.present, "jobId") === jobId);
    if (!isOurs) throw running;
  };

  return {
    start: async (
      { organizationId, userId }: Member,
      request: RecleansingRequest,
      { id: jobId }: { id: string },
    ): Promise<Recleansing> => {
      await claim(organizationId, jobId);
      const job = await startJob({ jobId, organizationId, userId, request });
      return viewOf(job, now());
    },

    /** A cleansing of the caller's organization, whichever admin asked for it. */
    read: async ({ organizationId }: Member, jobId: string): Promise<Recleansing> => {
      const job = isUuid(jobId) ? await jobs.read(organizationId, jobId) : undefined;
      if (job === undefined) throw new AppError("NOT_FOUND");
      return viewOf(job, now());
    },
  };
};
