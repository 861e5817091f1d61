import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { JobKind } from "../job.ts";
import { type JobTable, jobsOf } from "../jobs.ts";
import { type JobMessage, makeStartJob } from "../start-job.ts";
import { type JobWork, jobWorker, makeWorkOnJob } from "../work-on-job.ts";

export const MESSAGE: JobMessage = { organizationId: "demo", jobId: "018f0000-0000-7000-8000-000000000001" };

/**
 * One job of a kind with its queue and a clock that stands still but for a millisecond a look. The work
 * of an invocation may take a second, and a job is held for two.
 */
export const runJob = async <Request, Checkpoint, Result>({
  kind,
  request,
  work,
  table = memoryTable(),
}: {
  kind: JobKind<Request, Checkpoint, Result>;
  request: Request;
  work: (now: () => number) => JobWork<Request, Checkpoint, Result>;
  table?: JobTable;
}) => {
  const clock = { now: Date.UTC(2025, 0, 31) };
  const now = () => clock.now++;
  const queue: { message: JobMessage; delaySeconds: number }[] = [];
  const failures: unknown[] = [];
  const jobs = jobsOf(table, kind);
  let holders = 0;
  const workOnJob = makeWorkOnJob({
    table,
    workers: [jobWorker(work(now))],
    again: async (message, delaySeconds) => void queue.push({ message, delaySeconds }),
    now,
    newHolder: () => `holder-${++holders}`,
    onFailed: (_, error) => failures.push(error),
    workMs: 1_000,
    heldMs: 2_000,
  });
  const send = async (message: JobMessage) => void queue.push({ message, delaySeconds: 0 });
  await makeStartJob({ jobs, send, now })({ ...MESSAGE, userId: "alice", request });

  /** Takes messages until the queue is empty; answers the delays they were sent with. */
  const drain = async (): Promise<number[]> => {
    const delays: number[] = [];
    for (let next = queue.shift(); next && delays.length < 100; next = queue.shift()) {
      delays.push(next.delaySeconds);
      await workOnJob(next.message);
    }
    return delays;
  };
  const job = () => jobs.read(MESSAGE.organizationId, MESSAGE.jobId);
  return { work: () => workOnJob(MESSAGE), drain, job, jobs, queue, clock, failures };
};
