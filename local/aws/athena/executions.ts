import { openDatabase } from "../port/database.ts";
import type { ResultColumn } from "./query-order.ts";

export type ExecutionState = "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

export type Execution = {
  id: string;
  sql: string;
  parameters: string[];
  workgroup: string;
  database: string;
  /** `s3://bucket/key`: the result, or the folder of an UNLOAD. */
  output: string;
  /** It has no result but the objects that it wrote. */
  isUnload: boolean;
  state: ExecutionState;
  reason?: string;
  submittedAt: number;
  startedAt?: number;
  endedAt?: number;
  scannedBytes: number;
  columns: ResultColumn[];
};

const SCHEMA = `CREATE TABLE IF NOT EXISTS executions (
  id TEXT PRIMARY KEY, token TEXT UNIQUE, request TEXT NOT NULL, execution TEXT NOT NULL
) STRICT`;

/** The queries that were asked for, the finished ones too. One that a killed platform ran has failed. */
export const openExecutions = (file: string, now: () => number) => {
  const database = openDatabase(file, SCHEMA);
  const insert = database.prepare("INSERT INTO executions VALUES (?, ?, ?, ?)");
  const update = database.prepare("UPDATE executions SET execution = ? WHERE id = ?");
  const select = database.prepare("SELECT execution FROM executions WHERE id = ?");
  const byToken = database.prepare("SELECT request, execution FROM executions WHERE token = ?");

  const save = (execution: Execution): void => void update.run(JSON.stringify(execution), execution.id);

  for (const row of database.prepare("SELECT execution FROM executions").all()) {
    const execution: Execution = JSON.parse(String(row.execution));
    if (execution.state !== "QUEUED" && execution.state !== "RUNNING") continue;
    save({ ...execution, state: "FAILED", reason: "The platform was stopped", endedAt: now() });
  }

  return {
    add: (execution: Execution, token: string | null, request: string): void =>
      void insert.run(execution.id, token, request, JSON.stringify(execution)),
    get: (id: string): Execution | undefined => {
      const row = select.get(id);
      return row && JSON.parse(String(row.execution));
    },
    withToken: (token: string): { request: string; execution: Execution } | undefined => {
      const row = byToken.get(token);
      return row && { request: String(row.request), execution: JSON.parse(String(row.execution)) };
    },
    save,
    close: () => database.close(),
  };
};
