import type { Clock } from "#common/time/clock.ts";
import type { ComposeDeps } from "./compose.ts";
import { type ExecutionStatus, isObjectGone, type LakeEngines } from "./lake-engine.ts";
import type { QueryLimits } from "./limits.ts";
import type { AskedQueries, AskedQuery } from "./query-rows.ts";
import type { Scanned } from "./scanned.ts";
import { startQuery } from "./start-query.ts";

export type WatchDeps = ComposeDeps & {
  engines: LakeEngines;
  queries: AskedQueries;
  scanned: Pick<Scanned, "add">;
  limits: QueryLimits;
  now: Clock;
};

const STARTS_MAX = 3;

/** Why the query is to be cut off; undefined while it is within what it may use. */
const excessOf = (
  { wide }: AskedQuery,
  { scannedBytes, runMs }: ExecutionStatus,
  limits: QueryLimits,
): string | undefined => {
  const bytes = wide ? limits.wideQueryBytes : limits.queryBytes;
  if (scannedBytes > bytes) return `cut off: it scanned more than ${bytes} bytes`;
  if (runMs > limits.querySeconds * 1_000)
    return `cut off: it ran for more than ${limits.querySeconds} seconds`;
  return undefined;
};

/** How a query stands, with what was done about it: `execution` is what the engine says. */
export type WatchedQuery = { query: AskedQuery; execution: ExecutionStatus };

/**
 * Looks at a query: one that uses too much is stopped, one whose objects were removed under it begins anew, and
 * what an ended one scanned is added to the organization's day, once.
 */
export const watchQuery = async (deps: WatchDeps, query: AskedQuery): Promise<WatchedQuery> => {
  const { engines, queries, scanned, limits } = deps;
  const engine = await engines(query);
  const execution = await engine.status(query.executionId);
  const end = async (more: Pick<AskedQuery, "ended" | "error">): Promise<AskedQuery> => {
    const changed = await queries.change(query, (present) =>
      present.ended === undefined && present.executionId === query.executionId
        ? { ...present, ...more }
        : undefined,
    );
    if (!changed) return (await queries.find(query.organizationId, query.queryId)) ?? query;
    await scanned.add(query.organizationId, execution.scannedBytes);
    return changed;
  };

  if (query.ended !== undefined) return { query, execution };
  if (execution.state === "queued" || execution.state === "running") {
    const excess = excessOf(query, execution, limits);
    if (excess === undefined) return { query, execution };
    await engine.stop(query.executionId);
    return { query: await end({ ended: "failed", error: excess }), execution };
  }
  if (execution.state === "failed" && isObjectGone(execution.reason) && query.starts < STARTS_MAX) {
    const next = { ...query, starts: query.starts + 1 };
    const executionId = await startQuery(deps, engine, next);
    const changed = await queries.change(query, (present) =>
      present.ended === undefined && present.executionId === query.executionId
        ? { ...present, starts: next.starts, executionId }
        : undefined,
    );
    if (changed) await scanned.add(query.organizationId, execution.scannedBytes);
    return { query: changed ?? query, execution: { state: "queued", scannedBytes: 0, runMs: 0 } };
  }
  const { state, reason } = execution;
  return {
    query: await end(state === "failed" ? { ended: state, error: reason ?? "failed" } : { ended: state }),
    execution,
  };
};
