import { LAKE_TABLES } from "#common/logs/lake-tables.ts";
import { LOG_TYPE_NAMES, LOG_TYPES, type LogType, type LogTypeEntry } from "#common/logs/types.ts";
import type { Table } from "#common/table/table.ts";
import { readDays } from "./day-readings.ts";
import type { ReaderOf } from "./lake-engine.ts";
import { relationQuery, type TimeRange } from "./relations.ts";

/** Names that stand in the catalog: no CTE of a caller's may take one. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(LAKE_TABLES.map(({ name }) => name));

const roleOf = (logType: LogType): string | undefined => {
  const entry: LogTypeEntry = LOG_TYPES[logType];
  return entry.role;
};

/** The types that a reader may query: stored events only with a role of their own. */
export const readableTypes = ({ readsEvents }: Pick<ReaderOf, "readsEvents">): LogType[] =>
  LOG_TYPE_NAMES.filter((name) => roleOf(name) === undefined || readsEvents);

export type ComposeDeps = { environment: string; table: Pick<Table, "queryPage"> };

/** `"web" AS (…), "app" AS (…)`: the relations of a reader over a range, as they are to be read now. */
export const composeRelations = async (
  { environment, table }: ComposeDeps,
  organizationId: string,
  logTypes: readonly LogType[],
  range: TimeRange,
): Promise<string> => {
  const relations = await Promise.all(
    logTypes.map(async (logType) => {
      const days = await readDays(table, organizationId, logType, range);
      return `"${logType}" AS (${relationQuery({ environment, organizationId, logType, range, days })})`;
    }),
  );
  return relations.join(", ");
};
