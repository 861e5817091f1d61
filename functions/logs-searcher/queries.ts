import type { Caller, Member } from "#common/auth/caller.ts";
import { mayCall } from "#common/auth/roles.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, noContent, ok, RawText, underWay } from "#common/http/answers.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import { isUuid } from "#common/ids/uuid.ts";
import { NAMED_QUERIES } from "#common/logs/query/named-queries.ts";
import { namedValues } from "#common/logs/query/named-values.ts";
import type { QueryMessage } from "#common/logs/query/query-message.schema.ts";
import { type QueryResult, readResult, resultAsCsv } from "#common/logs/query/query-result.ts";
import type { AskedQuery } from "#common/logs/query/query-rows.ts";
import type { Scanned } from "#common/logs/query/scanned.ts";
import { readStatement, startQuery } from "#common/logs/query/start-query.ts";
import { readRange } from "#common/logs/query/time-range.ts";
import { type WatchDeps, watchQuery } from "#common/logs/query/watch-query.ts";
import { note } from "#common/telemetry/line.ts";

export type QueriesDeps = Omit<WatchDeps, "scanned"> & {
  scanned: Scanned;
  /** Has the query watched until it has ended. */
  watch: (message: QueryMessage) => Promise<void>;
};

export type NewQueryBody = {
  sql?: string | undefined;
  name?: string | undefined;
  parameters?: Record<string, unknown> | undefined;
  from?: string | undefined;
  to?: string | undefined;
  wide?: boolean | undefined;
};

type Recorded = (sql: string, ofEvents: boolean, read: () => Promise<Answer>) => Promise<Answer>;

const NOTHING: QueryResult = { columns: [], rows: [], truncated: false };

const fault = (path: string, message: string): AppError =>
  new AppError("INPUT_INVALID", { errors: [{ in: "body", path, message }] });

/** The statement that a body asks for, and the literals for its `?`. */
const statementOf = ({ sql, name, parameters }: NewQueryBody): { sql: string; parameters: string[] } => {
  if ((sql === undefined) === (name === undefined)) throw fault("", "must have either sql or name");
  if (sql !== undefined) {
    if (parameters !== undefined) throw fault("/parameters", "go with a named query alone");
    return { sql, parameters: [] };
  }
  const named = NAMED_QUERIES.find((one) => one.name === name);
  if (!named) throw fault("/name", `must be one of ${NAMED_QUERIES.map((one) => one.name).join(", ")}`);
  return { sql: named.sql, parameters: namedValues(named, parameters ?? {}) };
};

/** Queries of users: each belongs to its `sub`, and to others there is none. */
export const makeQueries = (deps: QueriesDeps) => {
  const find = async ({ organizationId, userId }: Member, queryId: string): Promise<AskedQuery> => {
    const query = isUuid(queryId) ? await deps.queries.find(organizationId, queryId) : undefined;
    if (!query || query.userId !== userId) throw new AppError("NOT_FOUND");
    return query;
  };

  return {
    /** `recorded` records a read of stored events beside it, or refuses it. */
    ask: async (
      caller: Caller & Member,
      body: NewQueryBody,
      { id, time }: Attempt,
      recorded: Recorded = (_sql, _ofEvents, read) => read(),
    ): Promise<Answer> => {
      const { organizationId, userId, roles } = caller;
      const { sql, parameters } = statementOf(body);
      const readsEvents = mayCall(roles, "events.read");
      const range = readRange("body", body, Date.parse(time));
      // Before anything is started: what is refused costs nothing.
      const { relations } = await readStatement(sql, { readsEvents }, parameters.length);
      await deps.scanned.check(organizationId, deps.limits);
      const query: AskedQuery = {
        organizationId,
        queryId: id,
        userId,
        readsEvents,
        sql,
        parameters,
        ...range,
        wide: body.wide ?? false,
        createdAt: time,
        executionId: "",
        starts: 1,
        version: 1,
      };
      note({ queryId: id, relations });
      return recorded(sql, relations.includes("events"), async () => {
        const engine = await deps.engines({ organizationId, readsEvents });
        const executionId = await startQuery(deps, engine, query);
        // A repeated request finds its row there.
        await deps.queries.add({ ...query, executionId });
        await deps.watch({ organizationId, queryId: id });
        return underWay({ id, status: "queued" }, `/logs/queries/${id}`, 1);
      });
    },

    show: async (caller: Member, queryId: string, format: "json" | "csv"): Promise<Answer> => {
      const { query, execution } = await watchQuery(deps, await find(caller, queryId));
      const status = query.ended ?? execution.state;
      const isRunning = status === "queued" || status === "running";
      const result =
        status === "succeeded" ? await readResult(await deps.engines(query), query.executionId) : NOTHING;
      if (format === "csv" && status === "succeeded") {
        return {
          status: 200,
          body: new RawText(resultAsCsv(result)),
          headers: { "content-type": "text/csv; charset=utf-8", "x-content-type-options": "nosniff" },
        };
      }
      return {
        ...ok({
          id: queryId,
          status,
          ...result,
          bytesScanned: execution.scannedBytes,
          ...(query.error === undefined ? {} : { error: query.error }),
        }),
        ...(isRunning ? { headers: { "retry-after": "1" } } : {}),
      };
    },

    cancel: async (caller: Member, queryId: string): Promise<Answer> => {
      const query = await find(caller, queryId);
      const cancelled = await deps.queries.change(query, (present) =>
        present.ended === undefined ? { ...present, ended: "cancelled" } : undefined,
      );
      if (cancelled) {
        const engine = await deps.engines(cancelled);
        await engine.stop(cancelled.executionId);
        const { scannedBytes } = await engine.status(cancelled.executionId);
        await deps.scanned.add(cancelled.organizationId, scannedBytes);
      }
      return noContent();
    },
  };
};
