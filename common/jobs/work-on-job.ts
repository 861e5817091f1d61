import { AppError, toAppError } from "#common/errors/app-error.ts";
import type { Json } from "#common/json/json.ts";
import { OutOfTime } from "#common/table/deadline.ts";
import type { Job, JobKind, JobStore } from "./job.ts";
import type { JobMessage } from "./start-job.ts";

/** What a kind of job may do with its state. */
export type Control = {
  /** Keeps how far the work is: the next attempt goes on from there. */
  checkpoint(checkpoint: Json): Promise<void>;
  /** Unix milliseconds after which the work is to stop and be gone on with by the next invocation. */
  until: number;
};

export type JobWork = {
  /** Answers the result, or undefined when it stopped behind a checkpoint because its time was up. */
  work(job: Job, control: Control): Promise<Json | undefined>;
  /** Takes away what is left of a job that failed. */
  clear(job: Job): Promise<void>;
};

export type WorkOnJobDeps = {
  jobs: JobStore;
  works: Readonly<Record<JobKind, JobWork>>;
  /** Puts the message on the queue again. */
  again: (message: JobMessage, delaySeconds: number) => Promise<void>;
  now: () => number;
  newHolder: () => string;
  onFailed?: (job: Job, error: unknown) => void;
  /** Of an invocation's time what is for the work, and when another one may take the job. */
  workMs?: number;
  heldMs?: number;
};

/** Of 900 seconds; what is left is for the last part, the checkpoint and the message. */
const WORK_MS = 780_000;

/** An invocation that was killed holds its job for no longer than it could have lived. */
const HELD_MS = 900_000;

/** Attempts in a row that came no further. */
const ATTEMPTS_MAX = 5;

/** Somebody else has the job: what this invocation knows of it is old. */
class JobLost extends Error {
  override readonly name = "JobLost";
}

/**
 * Works on a job until it is done, has failed five times at one place, or this invocation's time is up;
 * then the next one goes on from the last checkpoint. A message that comes twice finds the job held or
 * done: one invocation at a time has it, and a change that another made in between ends the work.
 */
export const makeWorkOnJob = (deps: WorkOnJobDeps) => {
  const { jobs, works, again, now, newHolder, workMs = WORK_MS, heldMs = HELD_MS } = deps;

  const saveOwn = async (job: Job): Promise<Job> => {
    const saved = await jobs.save(job);
    if (!saved) throw new JobLost(`${job.jobId} was changed by somebody else`);
    return saved;
  };
  const fail = async (job: Job, reason: string): Promise<void> => {
    // First the word, then the broom: what is left of the file expires anyway.
    const failed = await saveOwn({ ...job, state: "failed", reason, heldUntil: 0 });
    await works[job.kind].clear(failed).catch((error: unknown) => deps.onFailed?.(failed, error));
  };

  return async (message: JobMessage): Promise<void> => {
    const found = await jobs.read(message.organizationId, message.jobId);
    // Expired, done, or given up: nothing is left to do.
    if (found?.state !== "running") return;
    if (found.heldUntil > now()) {
      throw new AppError("DEPENDENCY_FAILED", { internal: `${found.jobId} is being worked on` });
    }
    const startedAt = now();
    let job = await saveOwn({
      ...found,
      attempts: found.attempts + 1,
      holder: newHolder(),
      heldUntil: startedAt + heldMs,
    });
    // The attempt counts from its beginning, so that those that were killed count as well.
    if (job.attempts > ATTEMPTS_MAX) {
      return fail(job, `It came no further in ${ATTEMPTS_MAX} attempts.`);
    }

    const control: Control = {
      until: startedAt + workMs,
      checkpoint: async (checkpoint) => {
        job = await saveOwn({ ...job, checkpoint, attempts: 0 });
      },
    };
    try {
      const result = await works[job.kind].work(job, control);
      if (result !== undefined) {
        await saveOwn({ ...job, state: "succeeded", result, heldUntil: 0 });
        return;
      }
    } catch (thrown) {
      if (thrown instanceof JobLost) throw thrown;
      const error = toAppError(thrown);
      if (!(thrown instanceof OutOfTime)) deps.onFailed?.(job, thrown);
      if (!error.retry) return fail(job, error.message);
      if (job.attempts >= ATTEMPTS_MAX)
        return fail(job, `${error.message} This was tried ${ATTEMPTS_MAX} times.`);
    }
    job = await saveOwn({ ...job, heldUntil: 0 });
    await again(message, job.attempts === 0 ? 0 : Math.min(900, 2 ** job.attempts * 5));
  };
};
