import { fork } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { DUCKDB_MACROS } from "#common/logs/sql/macros.ts";
import type { QueryOrder, QueryReport } from "./query-order.ts";

const SCRIPT = fileURLToPath(new URL("query-process.ts", import.meta.url));

export type QueryRun = Pick<QueryOrder, "sql" | "directories" | "resultFile"> &
  Partial<Pick<QueryOrder, "parquetFiles" | "isLocked" | "isOneSelect" | "memoryMb">> & {
    timeoutMs: number;
    signal: AbortSignal;
  };

/** Runs a query in a process of its own, which is killed when its time is over or the signal says so. */
export const runQuery = ({ timeoutMs, signal, ...order }: QueryRun): Promise<QueryReport> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return resolve({ kind: "failed", message: "Query was cancelled" });
    const child = fork(SCRIPT, [], {
      // Nothing of the platform's environment is a query's to see.
      env: { TZ: "UTC" },
      cwd: tmpdir(),
      execArgv: ["--max-old-space-size=256", "--disable-warning=ExperimentalWarning"],
      serialization: "json",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    let outcome: QueryReport | undefined;
    const end = (message: string) => () => {
      outcome ??= { kind: "failed", message };
      child.kill("SIGKILL");
    };
    const cancel = end("Query was cancelled");
    const timer = setTimeout(
      end(`Query exhausted resources: it ran for more than ${timeoutMs / 1000} seconds`),
      timeoutMs,
    );
    signal.addEventListener("abort", cancel, { once: true });
    child.once("message", (report: QueryReport) => {
      outcome ??= report;
    });
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
      resolve(outcome ?? { kind: "failed", message: "Query exhausted resources at this scale factor" });
    });
    const full: QueryOrder = {
      setup: DUCKDB_MACROS,
      parquetFiles: [],
      memoryMb: 1_024,
      threads: 2,
      isLocked: true,
      isOneSelect: true,
      ...order,
    };
    child.send(full);
  });
