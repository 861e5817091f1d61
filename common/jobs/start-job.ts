import { AppError } from "#common/errors/app-error.ts";
import { isUuid } from "#common/ids/uuid.ts";
import { type Job, type NewJob, newJob } from "./job.ts";
import type { Jobs } from "./jobs.ts";

export type JobMessage = { organizationId: string; jobId: string };

/** Puts the message on the queue of the kind's worker; when it returns, the queue has it. */
export type SendJob = (message: JobMessage) => Promise<void>;

/**
 * Keeps the job and then queues it. If queueing fails, the stored job is never worked on and expires
 * with its time to live.
 */
export const makeStartJob =
  <Request, Checkpoint, Result>({
    jobs,
    send,
    now,
  }: {
    jobs: Jobs<Request, Checkpoint, Result>;
    send: SendJob;
    now: () => number;
  }) =>
  async (job: NewJob<Request>): Promise<Job<Request, Checkpoint, Result>> => {
    const made = newJob<Request, Checkpoint, Result>(job, now());
    await jobs.add(made);
    await send({ organizationId: made.organizationId, jobId: made.jobId });
    return made;
  };

/** The caller's own job of this kind; any other is `NOT_FOUND`. */
export const readOwnJob = async <Request, Checkpoint, Result>(
  jobs: Pick<Jobs<Request, Checkpoint, Result>, "read">,
  caller: { organizationId: string; userId: string },
  jobId: string,
): Promise<Job<Request, Checkpoint, Result>> => {
  // Anything else names no job, and would be a key of any length.
  const job = isUuid(jobId) ? await jobs.read(caller.organizationId, jobId) : undefined;
  if (job?.userId !== caller.userId) throw new AppError("NOT_FOUND");
  return job;
};
