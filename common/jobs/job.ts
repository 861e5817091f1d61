import type { Json } from "#common/json/json.ts";
import { type Item, type Key, numberOf, optionalTextOf, type Table, textOf } from "#common/table/table.ts";

export type JobKind = "export" | "verification";
export type JobState = "running" | "succeeded" | "failed";

/** Work that takes longer than a request may, and how far it is. */
export type Job = {
  jobId: string;
  organizationId: string;
  /** Whose job it is: to anybody else it is as if it were not there. */
  userId: string;
  kind: JobKind;
  state: JobState;
  createdAt: string;
  /** What was asked for. */
  request: Json;
  /** How far it is; absent before the first. */
  checkpoint?: Json;
  /** What came of it, once it succeeded. */
  result?: Json;
  /** Why it failed, in words for whoever asked for it. */
  reason?: string;
  /** Attempts since the last checkpoint. */
  attempts: number;
  /** Who works on it, and until when (Unix milliseconds) nobody else may. */
  holder: string;
  heldUntil: number;
  version: number;
};

/** As long as the files that jobs write (`expireDaysByPrefix` of the lake). */
export const JOB_DAYS = 7;

const jobKey = (organizationId: string, jobId: string): Key => ({
  pk: `${organizationId}#job#${jobId}`,
  sk: "job",
});

const optionalJson = (item: Item, name: string): { [name: string]: Json } => {
  const text = optionalTextOf(item, name);
  return text === undefined ? {} : { [name]: JSON.parse(text) as Json };
};

const toItem = (job: Job): Item => ({
  ...jobKey(job.organizationId, job.jobId),
  jobId: job.jobId,
  organizationId: job.organizationId,
  userId: job.userId,
  kind: job.kind,
  state: job.state,
  createdAt: job.createdAt,
  request: JSON.stringify(job.request),
  ...(job.checkpoint === undefined ? {} : { checkpoint: JSON.stringify(job.checkpoint) }),
  ...(job.result === undefined ? {} : { result: JSON.stringify(job.result) }),
  ...(job.reason === undefined ? {} : { reason: job.reason }),
  attempts: job.attempts,
  holder: job.holder,
  heldUntil: job.heldUntil,
  version: job.version,
  expiresAt: Math.floor(Date.parse(job.createdAt) / 1000) + JOB_DAYS * 86_400,
});

const fromItem = (item: Item): Job => {
  const reason = optionalTextOf(item, "reason");
  return {
    jobId: textOf(item, "jobId"),
    organizationId: textOf(item, "organizationId"),
    userId: textOf(item, "userId"),
    kind: textOf(item, "kind") as JobKind,
    state: textOf(item, "state") as JobState,
    createdAt: textOf(item, "createdAt"),
    request: JSON.parse(textOf(item, "request")) as Json,
    ...optionalJson(item, "checkpoint"),
    ...optionalJson(item, "result"),
    ...(reason === undefined ? {} : { reason }),
    attempts: numberOf(item, "attempts"),
    holder: textOf(item, "holder"),
    heldUntil: numberOf(item, "heldUntil"),
    version: numberOf(item, "version"),
  };
};

export type JobStore = {
  read(organizationId: string, jobId: string): Promise<Job | undefined>;
  add(job: Job): Promise<void>;
  /** The job as it now stands; undefined if somebody else has changed it since. */
  save(job: Job): Promise<Job | undefined>;
};

export const jobStore = (store: Pick<Table, "get" | "putIfVersion">): JobStore => ({
  read: async (organizationId, jobId) => {
    const item = await store.get(jobKey(organizationId, jobId), { consistent: true });
    return item && fromItem(item);
  },

  add: async (job) => {
    await store.putIfVersion(toItem(job), 0);
  },

  save: async (job) => {
    const next = { ...job, version: job.version + 1 };
    const put = await store.putIfVersion(toItem(next), job.version);
    if (put.done) return next;
    // Refused because an earlier try of this very call got through: its answer was lost.
    const { present } = put;
    const isOurs =
      present !== undefined &&
      numberOf(present, "version") === next.version &&
      textOf(present, "holder") === next.holder;
    return isOurs ? next : undefined;
  },
});

export type NewJob = Pick<Job, "jobId" | "organizationId" | "userId" | "kind" | "request">;

export const newJob = (job: NewJob, now: Date): Job => ({
  ...job,
  state: "running",
  createdAt: now.toISOString(),
  attempts: 0,
  holder: "",
  heldUntil: 0,
  version: 1,
});
