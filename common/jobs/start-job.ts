import { AppError } from "#common/errors/app-error.ts";
import { type Job, type JobKind, type JobStore, type NewJob, newJob } from "./job.ts";

export type JobMessage = { organizationId: string; jobId: string };

export type StartJobDeps = {
  jobs: JobStore;
  /** Puts the message on the queue `events-jobs`; when it returns, the queue has it. */
  send: (message: JobMessage) => Promise<void>;
  now: () => Date;
};

/** Keeps the job and then tells the worker: a job that nobody was told of is told of never, and expires. */
export const makeStartJob =
  ({ jobs, send, now }: StartJobDeps) =>
  async (job: NewJob): Promise<Job> => {
    const made = newJob(job, now());
    await jobs.add(made);
    await send({ organizationId: made.organizationId, jobId: made.jobId });
    return made;
  };

type Caller = { organizationId: string; userId: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The caller's own job of this kind; any other is as if it were not there. */
export const readJob = async (jobs: JobStore, kind: JobKind, caller: Caller, jobId: string): Promise<Job> => {
  // Anything else names no job, and would be a key of any length.
  const job = UUID.test(jobId) ? await jobs.read(caller.organizationId, jobId) : undefined;
  if (job?.kind !== kind || job.userId !== caller.userId) throw new AppError("NOT_FOUND");
  return job;
};
