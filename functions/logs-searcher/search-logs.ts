import { type ComposeDeps, composeRelations } from "#common/logs/query/compose.ts";
import { conditionOf, type LogFilters } from "#common/logs/query/filters.ts";
import type { LakeEngine } from "#common/logs/query/lake-engine.ts";
import { sqlText } from "#common/logs/query/lake-engine.ts";
import { type QueryLimits, RESULT_LIMITS } from "#common/logs/query/limits.ts";
import { messageColumns, messageOf } from "#common/logs/query/message-rows.ts";
import type { TimeRange } from "#common/logs/query/relations.ts";
import { runWhileWaiting } from "#common/logs/query/run-query.ts";
import type { LogType } from "#common/logs/types.ts";
import type { Clock } from "#common/time/clock.ts";

export type SearchDeps = ComposeDeps & { limits: QueryLimits; now: Clock };

/** A message that was found, as JSON, and where it stands in the order. */
export type Found = { json: string; time: string; id: string };

/** Where a search goes on: before this instant, and of the messages of its last millisecond behind this id. */
export type Rest = { to: number; after?: { time: string; id: string } };

export type SearchResult = {
  found: Found[];
  /** Absent exactly when the range was searched to its end. */
  rest?: Rest;
  scannedBytes: number;
};

export type Search = {
  organizationId: string;
  logType: LogType;
  range: TimeRange;
  filters: LogFilters;
  after?: Rest["after"];
  /** Unix milliseconds at which looking ends. */
  until: number;
};

const HOUR_MS = 3_600_000;
const GROWTH = 6;
/** Rows of one search are kept as one object, which is written from memory. */
const KEPT_BYTES_MAX = 16_000_000;

const instant = (at: number): string =>
  `timestamp '${new Date(at).toISOString().slice(0, 23).replace("T", " ")}'`;

/** The query of one step: the newest messages of a range, at most so many. */
const stepQuery = (
  { organizationId, logType, filters, after }: Search,
  range: TimeRange,
  limit: number,
  deps: SearchDeps,
) => {
  const condition = conditionOf(logType, filters);
  const behind = after
    ? ` AND ("time" < ${instant(Date.parse(after.time))} OR ("time" = ${instant(Date.parse(after.time))} AND id < ?))`
    : "";
  return async () => ({
    sql: `WITH ${await composeRelations(deps, organizationId, [logType], range)} SELECT ${messageColumns(logType)} FROM "${logType}" WHERE ${condition.sql}${behind} ORDER BY "time" DESC, id DESC LIMIT ${limit}`,
    parameters: [...condition.parameters, ...(after ? [sqlText(after.id)] : [])],
  });
};

/** Reads a step's rows until they are enough; true if some were left. */
const readRows = async (
  engine: LakeEngine,
  executionId: string,
  { organizationId, logType }: Search,
  found: Found[],
  room: { bytes: number },
): Promise<boolean> => {
  let after: string | undefined;
  do {
    const page = await engine.rows(executionId, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    for (const row of page.rows) {
      const message = messageOf(organizationId, logType, row);
      const json = JSON.stringify(message);
      room.bytes -= Buffer.byteLength(json);
      if (room.bytes < 0 && found.length > 0) return true;
      found.push({ json, time: message.time, id: message.id });
    }
    after = page.next;
  } while (after !== undefined);
  return false;
};

/**
 * The newest messages of a range, at most 10,000. The range is searched from its newest end in steps that grow, so
 * that what is near is found soon; a step that is not done when the time is over counts for nothing.
 */
export const searchLogs = async (
  deps: SearchDeps,
  engine: LakeEngine,
  search: Search,
): Promise<SearchResult> => {
  const found: Found[] = [];
  const room = { bytes: KEPT_BYTES_MAX };
  let scannedBytes = 0;
  let end = search.range.to;
  let length = HOUR_MS;
  let { after } = search;
  while (end > search.range.from) {
    const start = Math.max(search.range.from, Math.floor((end - 1) / HOUR_MS) * HOUR_MS + HOUR_MS - length);
    const limit = RESULT_LIMITS.rows - found.length;
    const range = { from: start, to: end };
    const step: Search = { ...search };
    if (after) step.after = after;
    else delete step.after;
    const ran = await runWhileWaiting({
      engine,
      compose: stepQuery(step, range, limit, deps),
      limits: deps.limits,
      until: search.until,
      now: deps.now,
    });
    scannedBytes += ran.scannedBytes;
    if (ran.executionId === undefined)
      return { found, rest: { to: end, ...(after ? { after } : {}) }, scannedBytes };
    const isCut = await readRows(engine, ran.executionId, search, found, room);
    const last = found.at(-1);
    if (last && (isCut || found.length >= RESULT_LIMITS.rows)) {
      const rest = { to: Date.parse(last.time) + 1, after: { time: last.time, id: last.id } };
      return { found, rest, scannedBytes };
    }
    // What stands behind the last page's message is all before the next step.
    after = undefined;
    end = start;
    length *= GROWTH;
    if (end > search.range.from && deps.now() >= search.until)
      return { found, rest: { to: end }, scannedBytes };
  }
  return { found, scannedBytes };
};
