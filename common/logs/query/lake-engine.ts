export type ResultColumn = { name: string; type: string };

export type QueryState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/** How an execution stands. */
export type ExecutionStatus = {
  state: QueryState;
  scannedBytes: number;
  /** How long the engine has worked on it. */
  runMs: number;
  /** Why it failed, in the engine's words. */
  reason?: string;
};

export type ResultPage = {
  columns: ResultColumn[];
  /** Null is null. */
  rows: (string | null)[][];
  next?: string;
};

/** The engine, and the folder of results, of one organization alone. */
export type LakeEngine = {
  /** Starts a query; the same token starts it once. Values for `?` are SQL literals. */
  start(sql: string, options?: { parameters?: readonly string[]; token?: string }): Promise<string>;
  status(executionId: string): Promise<ExecutionStatus>;
  /** At most a thousand rows. */
  rows(executionId: string, options: { after?: string; limit: number }): Promise<ResultPage>;
  stop(executionId: string): Promise<void>;
  /** Keeps a text in the folder of results, for 48 hours. */
  keep(name: string, text: string): Promise<void>;
  /** At most so many bytes of a kept text from a place on; undefined if it is gone. */
  kept(name: string, from: number, bytes: number): Promise<Buffer | undefined>;
};

/** Whose folders an engine opens. */
export type ReaderOf = { organizationId: string; readsEvents: boolean };
export type LakeEngines = (reader: ReaderOf) => Promise<LakeEngine>;

/** A text as a literal of SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Whether the query failed because an object was removed while it ran: it is to be asked anew. */
export const isObjectGone = (reason: string | undefined): boolean =>
  reason !== undefined &&
  /HIVE_CANNOT_OPEN_SPLIT|NoSuchKey|HIVE_FILE_NOT_FOUND|No such file|Cannot open file|No files found/i.test(
    reason,
  );
