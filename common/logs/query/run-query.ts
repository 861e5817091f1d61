import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#common/errors/app-error.ts";
import type { Clock } from "#common/time/clock.ts";
import { type ExecutionStatus, isObjectGone, type LakeEngine } from "./lake-engine.ts";
import type { QueryLimits } from "./limits.ts";

const POLL_FIRST_MS = 50;
const POLL_MAX_MS = 500;
/** An object goes half a day after the move that made it superfluous: twice in one search is chance enough. */
const STARTS_MAX = 3;

export type WaitedQuery = {
  engine: LakeEngine;
  /** Composes the query anew, as the days stand now. */
  compose: () => Promise<{ sql: string; parameters: readonly string[] }>;
  limits: Pick<QueryLimits, "queryBytes">;
  /** Unix milliseconds. */
  until: number;
  now: Clock;
};

/** `executionId` is absent when the time was over first; the query was stopped then. */
export type WaitedResult = { executionId?: string; scannedBytes: number };

const failureOf = ({ state, reason }: ExecutionStatus): AppError =>
  new AppError("DEPENDENCY_FAILED", { internal: `query ${state}: ${reason ?? "no reason"}` });

/** Runs a query while its caller waits; it is stopped when the time or the bytes that it may have are used up. */
export const runWhileWaiting = async ({
  engine,
  compose,
  limits,
  until,
  now,
}: WaitedQuery): Promise<WaitedResult> => {
  let scanned = 0;
  for (let attempt = 1; ; attempt += 1) {
    const { sql, parameters } = await compose();
    const executionId = await engine.start(sql, { parameters });
    let wait = POLL_FIRST_MS;
    let status = await engine.status(executionId);
    while (status.state === "queued" || status.state === "running") {
      if (now() >= until || status.scannedBytes > limits.queryBytes) {
        await engine.stop(executionId);
        if (status.scannedBytes > limits.queryBytes) throw new AppError("QUERY_TOO_LARGE");
        return { scannedBytes: scanned + status.scannedBytes };
      }
      await sleep(wait);
      wait = Math.min(wait * 1.5, POLL_MAX_MS);
      status = await engine.status(executionId);
    }
    scanned += status.scannedBytes;
    if (status.state === "succeeded") return { executionId, scannedBytes: scanned };
    if (!isObjectGone(status.reason) || attempt === STARTS_MAX) throw failureOf(status);
  }
};
