export type ResultColumn = { name: string; type: string };

/** What the process of one query gets. */
export type QueryOrder = {
  /** In DuckDB's dialect. */
  sql: string;
  /** Statements before it: macros, and nothing of the caller's. */
  setup: readonly string[];
  /** The only folders that may be read, each with a slash at its end. */
  directories: readonly string[];
  /** Files of the query that are Parquet, of which only the columns that are asked for count as read. */
  parquetFiles: readonly string[];
  /** Where the result goes, as Athena's CSV. */
  resultFile: string;
  memoryMb: number;
  threads: number;
  /** False only in tests that take this wall away. */
  isLocked: boolean;
  /** Whether DuckDB's own parser must find one statement, a SELECT. */
  isOneSelect: boolean;
};

export type QueryReport =
  | { kind: "done"; columns: ResultColumn[]; rows: number; bytes: number; parquetBytes: number }
  | { kind: "failed"; message: string };
