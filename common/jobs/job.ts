export type JobState = "running" | "succeeded" | "failed";

/** Work that takes longer than a request may, and how far it is. */
export type Job<Request, Checkpoint, Result> = {
  jobId: string;
  organizationId: string;
  /** Whose job it is: to anybody else it is as if it were not there. */
  userId: string;
  state: JobState;
  createdAt: string;
  /** What was asked for. */
  request: Request;
  /** How far it is; absent before the first. */
  checkpoint?: Checkpoint;
  /** What came of it, once it succeeded. */
  result?: Result;
  /** Why it failed, in words for the user who asked for it. */
  reason?: string;
  /** Attempts since the last checkpoint. */
  attempts: number;
  /** The invocation that works on it, and until when (Unix milliseconds) no other may. */
  holder: string;
  heldUntil: number;
  version: number;
};

/** How a value becomes text in the table, and is read from it. */
export type Codec<T> = { encode(value: T): string; decode(text: string): T };

/** A value as JSON, for types that JSON holds as they are. Members that are undefined are left out. */
export const jsonCodec = <T>(): Codec<T> => ({
  encode: (value) => JSON.stringify(value),
  // Nothing else writes these texts.
  decode: (text) => JSON.parse(text) as T,
});

/** What all jobs of one kind have in common. The name stands in the table: once used it stays. */
export type JobKind<Request, Checkpoint, Result> = {
  /** The service and what the job does, for example `events-export`. */
  name: string;
  request: Codec<Request>;
  checkpoint: Codec<Checkpoint>;
  result: Codec<Result>;
};

/** A job of this kind. */
export type JobOf<Kind> =
  Kind extends JobKind<infer Request, infer Checkpoint, infer Result>
    ? Job<Request, Checkpoint, Result>
    : never;

/** A kind whose request, checkpoint and result are plain JSON. */
export const jobKind = <Request, Checkpoint, Result>(name: string): JobKind<Request, Checkpoint, Result> => ({
  name,
  request: jsonCodec(),
  checkpoint: jsonCodec(),
  result: jsonCodec(),
});

export type NewJob<Request> = { jobId: string; organizationId: string; userId: string; request: Request };

export const newJob = <Request, Checkpoint, Result>(
  job: NewJob<Request>,
  nowMs: number,
): Job<Request, Checkpoint, Result> => ({
  ...job,
  state: "running",
  createdAt: new Date(nowMs).toISOString(),
  attempts: 0,
  holder: "",
  heldUntil: 0,
  version: 1,
});

/** Seconds after which asking again how far a job is makes sense: its answers say so as `Retry-After`. */
export const JOB_RETRY_AFTER_SECONDS = 2;
