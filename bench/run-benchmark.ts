import { fork } from "node:child_process";
import { resolve } from "node:path";
import { isMet, type Row } from "./row.ts";

/** The rows of a benchmark, or why there are none: it could not run, or its two sides did not do the same. */
export type Outcome = { name: string; rows: Row[]; failure?: string };

/**
 * Runs a benchmark in a process of its own: clients, once made, keep the environment that they were made in,
 * and garbage and compiled code of one are not the next one's. `child` stands for it in tests.
 */
export const runBenchmark = (
  name: string,
  child = resolve(import.meta.dirname, "run-benchmark-child.ts"),
): Promise<Outcome> =>
  new Promise((done) => {
    const running = fork(child, [name], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // JSON makes null of what is no number.
      serialization: "advanced",
    });
    let rows: Row[] | undefined;
    let said = "";
    for (const stream of [running.stdout, running.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4_000);
      });
    }
    running.on("message", (message) => {
      rows = message as Row[];
    });
    running.on("error", ({ message }) => done({ name, rows: [], failure: message }));
    running.on("close", (code, signal) => {
      if (rows === undefined || rows.length === 0 || code !== 0) {
        return done({ name, rows: [], failure: said.trim() || `it ended with ${signal ?? code}` });
      }
      const unmeasured = rows
        .filter((row) => isMet(row) !== undefined && !Number.isFinite(row.ratio))
        .map(({ what }) => what);
      const failure = `no ratio was measured of ${unmeasured.join(", ")}`;
      done({ name, rows, ...(unmeasured.length > 0 ? { failure } : {}) });
    });
  });
