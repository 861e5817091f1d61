import { AppError, toAppError } from "#common/errors/app-error.ts";
import { OutOfTime } from "#common/table/deadline.ts";
import type { Item } from "#common/table/table.ts";
import type { Job, JobKind } from "./job.ts";
import { type JobTable, jobsOf, kindNameOf, readJobItem } from "./jobs.ts";
import type { JobMessage } from "./start-job.ts";

/** What the work of a job may do with its state. */
export type Control<Checkpoint> = {
  /** Keeps how far the work is: the next attempt goes on from there. */
  checkpoint(checkpoint: Checkpoint): Promise<void>;
  /** Unix milliseconds after which the work is to stop; the next invocation goes on. */
  until: number;
};

export type JobWork<Request, Checkpoint, Result> = {
  kind: JobKind<Request, Checkpoint, Result>;
  /** Answers the result, or undefined when it stopped behind a checkpoint because its time was up. */
  work(job: Job<Request, Checkpoint, Result>, control: Control<Checkpoint>): Promise<Result | undefined>;
  /** Takes away what is left of a job that failed. */
  clear(job: Job<Request, Checkpoint, Result>): Promise<void>;
};

export type WorkOnJobDeps = {
  table: JobTable;
  workers: readonly JobWorker[];
  /** Puts the message on the queue again. */
  again: (message: JobMessage, delaySeconds: number) => Promise<void>;
  now: () => number;
  newHolder: () => string;
  onFailed?: (job: { organizationId: string; attempts: number }, error: unknown) => void;
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

/** Another invocation has changed the job: what this one knows of it is old. */
class JobLost extends Error {
  override readonly name = "JobLost";
}

/** The work of one kind of job, its types forgotten: what `makeWorkOnJob` takes. */
export type JobWorker = {
  kindName: string;
  run: (item: Item, message: JobMessage, deps: WorkOnJobDeps) => Promise<void>;
};

export const jobWorker = <Request, Checkpoint, Result>(
  work: JobWork<Request, Checkpoint, Result>,
): JobWorker => ({
  kindName: work.kind.name,
  run: (item, message, deps) => runJob(work, item, message, deps),
});

const runJob = async <Request, Checkpoint, Result>(
  { kind, work, clear }: JobWork<Request, Checkpoint, Result>,
  item: Item,
  message: JobMessage,
  deps: WorkOnJobDeps,
): Promise<void> => {
  const { table, again, now, newHolder, onFailed, workMs = WORK_MS, heldMs = HELD_MS } = deps;
  const jobs = jobsOf(table, kind);
  type OfKind = Job<Request, Checkpoint, Result>;

  const saveOwn = async (changed: OfKind): Promise<OfKind> => {
    const saved = await jobs.save(changed);
    if (!saved) throw new JobLost(`${changed.jobId} was changed by another invocation`);
    return saved;
  };
  const fail = async (failing: OfKind, reason: string): Promise<void> => {
    // Record the failure before clearing: if clearing fails, the bucket's lifecycle removes the parts.
    const failed = await saveOwn({ ...failing, state: "failed", reason, heldUntil: 0 });
    await clear(failed).catch((error: unknown) => onFailed?.(failed, error));
  };

  const found = jobs.fromItem(item);
  // Done, or given up.
  if (found.state !== "running") return;
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
  if (job.attempts > ATTEMPTS_MAX) return fail(job, `It came no further in ${ATTEMPTS_MAX} attempts.`);

  const control: Control<Checkpoint> = {
    until: startedAt + workMs,
    checkpoint: async (checkpoint) => {
      job = await saveOwn({ ...job, checkpoint, attempts: 0 });
    },
  };
  try {
    const result = await work(job, control);
    if (result !== undefined) {
      await saveOwn({ ...job, state: "succeeded", result, heldUntil: 0 });
      return;
    }
  } catch (thrown) {
    if (thrown instanceof JobLost) throw thrown;
    const error = toAppError(thrown);
    if (!(thrown instanceof OutOfTime)) onFailed?.(job, thrown);
    if (!error.retry) return fail(job, error.message);
    if (job.attempts >= ATTEMPTS_MAX) {
      return fail(job, `${error.message} This was tried ${ATTEMPTS_MAX} times.`);
    }
  }
  job = await saveOwn({ ...job, heldUntil: 0 });
  await again(message, job.attempts === 0 ? 0 : Math.min(900, 2 ** job.attempts * 5));
};

/**
 * Works on a job until it is done, has failed five times at one place, or this invocation's time is up;
 * then the next one goes on from the last checkpoint. A message that comes twice finds the job held or
 * done: one invocation at a time has it, and a change that another made in between ends the work.
 */
export const makeWorkOnJob = (deps: WorkOnJobDeps) => {
  const workers = new Map(deps.workers.map((worker) => [worker.kindName, worker]));
  return async (message: JobMessage): Promise<void> => {
    const item = await readJobItem(deps.table, message.organizationId, message.jobId);
    // Expired: nothing is left to do.
    if (!item) return;
    const worker = workers.get(kindNameOf(item));
    if (!worker) throw new AppError("MESSAGE_INVALID", { internal: `no worker for ${kindNameOf(item)}` });
    await worker.run(item, message, deps);
  };
};
