import { AppError } from "#common/errors/app-error.ts";
import type { ReadQuery } from "#common/logs/sql/read-query.ts";
import { isLogType } from "#common/logs/types.ts";
import { type ComposeDeps, composeRelations, RESERVED_NAMES, readableTypes } from "./compose.ts";
import type { LakeEngine } from "./lake-engine.ts";
import type { AskedQuery } from "./query-rows.ts";

/** Reads a caller's statement; throws `SQL_INVALID` or `RELATION_UNKNOWN`, with what is wrong. */
export const readStatement = async (
  sql: string,
  reader: { readsEvents: boolean },
  parameters: number,
): Promise<ReadQuery> => {
  // The parser is large, and searches and counts have no need of it.
  const [{ readQuery }, { SqlFault }] = await Promise.all([
    import("#common/logs/sql/read-query.ts"),
    import("#common/logs/sql/parse-sql.ts"),
  ]);
  try {
    return readQuery(sql, {
      relations: new Set<string>(readableTypes(reader)),
      reserved: RESERVED_NAMES,
      parameters,
    });
  } catch (error) {
    if (!(error instanceof SqlFault)) throw error;
    const errors = [{ in: "body" as const, path: "/sql", message: error.message }];
    throw new AppError(error.kind === "relation" ? "RELATION_UNKNOWN" : "SQL_INVALID", { errors });
  }
};

/** The engine's statement: the relations as they are to be read now, before the caller's own. */
export const composeStatement = async (
  deps: ComposeDeps,
  { sql, readsEvents, parameters, organizationId, from, to }: AskedQuery,
): Promise<string> => {
  const { relations, ctes, select } = await readStatement(sql, { readsEvents }, parameters.length);
  const composed = await composeRelations(deps, organizationId, relations.filter(isLogType), { from, to });
  const all = [composed, ctes].filter(Boolean).join(", ");
  return all === "" ? select : `WITH ${all} ${select}`;
};

/** Starts a query, as the days stand now. */
export const startQuery = async (deps: ComposeDeps, engine: LakeEngine, query: AskedQuery): Promise<string> =>
  engine.start(await composeStatement(deps, query), {
    parameters: query.parameters,
    // The same start again, after an answer that was lost, is the same execution.
    token: `${query.queryId}-${query.starts}`,
  });
