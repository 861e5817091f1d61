import { compactedName, databaseName, LAKE_TABLES } from "../lake-tables.ts";
import type { DayState, LogDay } from "./day.ts";
import { COMPACTED_FOLDER, dayPath } from "./day-folders.ts";

export type GenerationPlace = { bucket: string; environment: string };

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Every column of a generation, the hour among them. */
const columnsOf = (logType: string): string =>
  (LAKE_TABLES.find(({ name }) => name === compactedName(logType))?.columns ?? [])
    .map(({ name }) => `"${name}"`)
    .join(", ");

const rowsOf = (
  { environment }: GenerationPlace,
  { organizationId, logType, day }: LogDay,
  columns: string,
  generation?: number,
): string => {
  const [year, month, date] = day.split("-").map(Number);
  const table = generation === undefined ? logType : compactedName(logType);
  return `SELECT ${columns} FROM "${databaseName(environment)}"."${table}" WHERE environment = ${quoted(environment)} AND organization = ${quoted(organizationId)} AND year = ${year} AND month = ${month} AND day = ${date}${generation === undefined ? "" : ` AND generation = ${generation}`}`;
};

/** What stands raw and in the generation that counted at the draw, each id of an hour once, as it first came. */
const folded = (place: GenerationPlace, day: LogDay, drawn: DayState, columns: string): string => {
  const sources = [
    rowsOf(place, day, columns),
    ...(drawn.generation > 0 ? [rowsOf(place, day, columns, drawn.generation)] : []),
  ];
  return `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY hour, id ORDER BY receivedat, "time", transactionid) AS copy FROM (${sources.join(" UNION ALL ")})) WHERE copy = 1`;
};

/** The drawn generation, in the order of time, so that the hours of a day lie apart in its files. */
export const unloadStatement = (place: GenerationPlace, day: LogDay, drawn: DayState): string => {
  const columns = columnsOf(day.logType);
  const location = `s3://${place.bucket}/${COMPACTED_FOLDER}${dayPath(place.environment, day)}generation=${drawn.drawn}/`;
  return `UNLOAD (SELECT ${columns} FROM (${folded(place, day, drawn, columns)}) ORDER BY "time", id) TO ${quoted(location)} WITH (format = 'PARQUET', compression = 'ZSTD')`;
};

/** What distinguishes one arrival of a message from another. */
const IDENTITY = 'hour, id, receivedat, "time", transactionid';

/**
 * One row: how many messages the drawn generation holds, how many it should, and how many of both are the
 * same. All three are equal if nothing was left out, doubled or made up.
 */
export const checkStatement = (place: GenerationPlace, day: LogDay, drawn: DayState): string =>
  `WITH wanted AS (SELECT ${IDENTITY} FROM (${folded(place, day, drawn, IDENTITY)})), stored AS (${rowsOf(place, day, IDENTITY, drawn.drawn)}) ` +
  "SELECT (SELECT count(*) FROM stored) AS stored, (SELECT count(*) FROM wanted) AS wanted, " +
  "(SELECT count(*) FROM wanted JOIN stored ON wanted.hour = stored.hour AND wanted.id = stored.id AND wanted.receivedat = stored.receivedat) AS same";
