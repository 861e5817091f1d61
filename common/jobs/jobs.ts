import { type Item, type Key, numberOf, optionalTextOf, type Table, textOf } from "#common/table/table.ts";
import type { Job, JobKind, JobState } from "./job.ts";

/** As long as the files that jobs write (`expireDaysByPrefix` of the lake). */
export const JOB_DAYS = 7;

export type JobTable = Pick<Table, "get" | "putIfVersion">;

/** Every key of the table `jobs`. An organization's id holds no `#`, and a job's is a UUID. */
const jobKey = (organizationId: string, jobId: string): Key => ({
  pk: `${organizationId}#job#${jobId}`,
  sk: "job",
});

/** The item of a job of any kind; undefined when there is none, or none any more. */
export const readJobItem = (
  table: Pick<Table, "get">,
  organizationId: string,
  jobId: string,
): Promise<Item | undefined> => table.get(jobKey(organizationId, jobId), { consistent: true });

/** Name of the kind of the job in this item. */
export const kindNameOf = (item: Item): string => textOf(item, "kind");

/** Jobs of one kind in the table `jobs`. */
export const jobsOf = <Request, Checkpoint, Result>(
  table: JobTable,
  kind: JobKind<Request, Checkpoint, Result>,
) => {
  type OfKind = Job<Request, Checkpoint, Result>;

  const toItem = (job: OfKind): Item => ({
    ...jobKey(job.organizationId, job.jobId),
    jobId: job.jobId,
    organizationId: job.organizationId,
    userId: job.userId,
    kind: kind.name,
    state: job.state,
    createdAt: job.createdAt,
    request: kind.request.encode(job.request),
    ...(job.checkpoint === undefined ? {} : { checkpoint: kind.checkpoint.encode(job.checkpoint) }),
    ...(job.result === undefined ? {} : { result: kind.result.encode(job.result) }),
    ...(job.reason === undefined ? {} : { reason: job.reason }),
    attempts: job.attempts,
    holder: job.holder,
    heldUntil: job.heldUntil,
    version: job.version,
    expiresAt: Math.floor(Date.parse(job.createdAt) / 1000) + JOB_DAYS * 86_400,
  });

  const fromItem = (item: Item): OfKind => {
    const checkpoint = optionalTextOf(item, "checkpoint");
    const result = optionalTextOf(item, "result");
    const reason = optionalTextOf(item, "reason");
    return {
      jobId: textOf(item, "jobId"),
      organizationId: textOf(item, "organizationId"),
      userId: textOf(item, "userId"),
      state: textOf(item, "state") as JobState,
      createdAt: textOf(item, "createdAt"),
      request: kind.request.decode(textOf(item, "request")),
      ...(checkpoint === undefined ? {} : { checkpoint: kind.checkpoint.decode(checkpoint) }),
      ...(result === undefined ? {} : { result: kind.result.decode(result) }),
      ...(reason === undefined ? {} : { reason }),
      attempts: numberOf(item, "attempts"),
      holder: textOf(item, "holder"),
      heldUntil: numberOf(item, "heldUntil"),
      version: numberOf(item, "version"),
    };
  };

  return {
    fromItem,

    /** A job of this kind; one of another kind is as if it were not there. */
    read: async (organizationId: string, jobId: string): Promise<OfKind | undefined> => {
      const item = await readJobItem(table, organizationId, jobId);
      return item && kindNameOf(item) === kind.name ? fromItem(item) : undefined;
    },

    /** Keeps a new job; one that is there already under its id stays as it is. */
    add: async (job: OfKind): Promise<void> => {
      await table.putIfVersion(toItem(job), 0);
    },

    /** The job as it now stands; undefined if another holder has changed it since. */
    save: async (job: OfKind): Promise<OfKind | undefined> => {
      const next = { ...job, version: job.version + 1 };
      const put = await table.putIfVersion(toItem(next), job.version);
      if (put.done) return next;
      // Refused because an earlier try of this very call got through: its answer was lost.
      const { present } = put;
      const isOurs =
        present !== undefined &&
        numberOf(present, "version") === next.version &&
        textOf(present, "holder") === next.holder;
      return isOurs ? next : undefined;
    },
  };
};

export type Jobs<Request, Checkpoint, Result> = ReturnType<typeof jobsOf<Request, Checkpoint, Result>>;

/** The jobs of this kind. */
export type JobsOf<Kind> =
  Kind extends JobKind<infer Request, infer Checkpoint, infer Result>
    ? Jobs<Request, Checkpoint, Result>
    : never;
