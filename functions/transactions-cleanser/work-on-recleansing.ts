import type { Pause } from "#common/cleansing/vendor/ask-all.ts";
import type { JobTable } from "#common/jobs/jobs.ts";
import type { JobMessage } from "#common/jobs/start-job.ts";
import { jobWorker, makeWorkOnJob } from "#common/jobs/work-on-job.ts";
import { log, loggable } from "#common/telemetry/log.ts";
import { delayOf } from "#common/transactions/cleansing/cleanse-rows.ts";
import { makeRecleanse, type RecleanseDeps } from "#common/transactions/cleansing/recleanse.ts";
import { notePause } from "./cleanse.ts";

export type WorkOnRecleansingDeps = Omit<RecleanseDeps, "onPause"> & {
  jobs: JobTable;
  again: (message: JobMessage, delaySeconds: number) => Promise<void>;
  newHolder: () => string;
};

/** Of 120 seconds; what is left is for the last batch, which may wait for the vendor, and for the checkpoint. */
const WORK_MS = 60_000;
const HELD_MS = 120_000;
/** Where neither vendor nor breaker says how long to wait. */
const PAUSE_SECONDS = 5;

/** Works on a part of a cleansing; the next message goes on, after the vendor's pause where there is one. */
export const makeWorkOnRecleansing = ({ jobs, again, newHolder, ...deps }: WorkOnRecleansingDeps) => {
  return async (message: JobMessage): Promise<void> => {
    let pause: Pause | undefined;
    const recleanse = makeRecleanse({
      ...deps,
      onPause: (asked) => {
        pause = asked;
        notePause(asked);
      },
    });
    const work = makeWorkOnJob({
      table: jobs,
      workers: [jobWorker(recleanse)],
      again: (same, delaySeconds) =>
        again(
          same,
          pause ? delayOf({ seconds: pause.seconds ?? PAUSE_SECONDS }, 0, Math.random) : delaySeconds,
        ),
      now: deps.now,
      newHolder,
      workMs: WORK_MS,
      heldMs: HELD_MS,
      onFailed: ({ organizationId, attempts }, error) =>
        log("warn", "job attempt failed", { organizationId, attempts, error: loggable(error) }),
    });
    await work(message);
  };
};
