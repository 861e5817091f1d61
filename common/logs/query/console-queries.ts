import { compactedName, sqlName } from "#common/logs/lake-tables.ts";
import { LOG_TYPE_NAMES, LOG_TYPES, type LogType, type LogTypeEntry } from "#common/logs/types.ts";
import { NAMED_QUERIES } from "./named-queries.ts";

const PLACE = ["year", "month", "day", "hour"];

/**
 * A type's messages for Athena's console, which knows no items of days: both tables and all generations, each id
 * once. A person fills in what stands in angle brackets before running it.
 */
const consoleRelation = (logType: LogType): string => {
  const { columns }: LogTypeEntry = LOG_TYPES[logType];
  const names = [...columns.map(sqlName), ...PLACE].map((name) => `"${name}"`).join(", ");
  const rows = (table: string): string =>
    `SELECT ${names} FROM "{database}"."${table}" WHERE environment = '{environment}' AND organization = '<organization>' AND year = <year> AND month = <month> AND day BETWEEN <first day> AND <last day>`;
  const shown = columns.map((column) => {
    const name = sqlName(column);
    return column.type === "timestamp"
      ? `CAST(from_iso8601_timestamp("${name}") AS timestamp) AS "${name}"`
      : `"${name}"`;
  });
  return `"${logType}" AS (SELECT '<organization>' AS organizationid, '${logType}' AS logtype, ${shown.join(", ")}, ${PLACE.map((name) => `"${name}"`).join(", ")} FROM (SELECT *, row_number() OVER (PARTITION BY year, month, day, hour, id ORDER BY receivedat, "time", transactionid) AS copy FROM (${rows(logType)} UNION ALL ${rows(compactedName(logType))})) WHERE copy = 1)`;
};

export type ConsoleQuery = { description: string; sql: string };

/** The named queries as Athena keeps them, by name, with `{database}` and `{environment}` still to be filled in. */
export const consoleQueries = (): Record<string, ConsoleQuery> =>
  Object.fromEntries(
    NAMED_QUERIES.map(({ name, description, sql, values }) => {
      const types = LOG_TYPE_NAMES.filter((type) => new RegExp(`\\bFROM ${type}\\b`).test(sql));
      let at = 0;
      const filled = sql.replaceAll("?", () => {
        const value = values[at];
        at += 1;
        return value === "minutes" ? "60" : `'<${value}>'`;
      });
      return [name, { description, sql: `WITH ${types.map(consoleRelation).join(", ")} ${filled}` }];
    }),
  );
