import { compactedName, databaseName, sqlName } from "#common/logs/lake-tables.ts";
import { LOG_TYPES, type LogType, type LogTypeEntry } from "#common/logs/types.ts";

/** From inclusive, to exclusive; Unix milliseconds. */
export type TimeRange = { from: number; to: number };

/** A day of a range, and what of it is read: its generation (0: none), and the raw objects if `raw`. */
export type DayReading = { day: string; generation: number; raw: boolean };

export type RelationOptions = {
  environment: string;
  organizationId: string;
  logType: LogType;
  range: TimeRange;
  days: readonly DayReading[];
};

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The UTC days that the range touches, in order. */
export const daysOf = ({ from, to }: TimeRange): string[] => {
  const days: string[] = [];
  for (let at = Math.floor(from / DAY_MS) * DAY_MS; at < to; at += DAY_MS) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
};

const columnsOf = (logType: LogType) => {
  const entry: LogTypeEntry = LOG_TYPES[logType];
  return entry.columns.map((column) => ({ name: sqlName(column), type: column.type }));
};

/** Columns of a relation that say where a line lies. */
const PLACE = ["year", "month", "day", "hour"];

/** Every column that a relation has, in the order of `SELECT *`. */
export const relationColumns = (logType: LogType): string[] => [
  "organizationid",
  "logtype",
  "environment",
  ...columnsOf(logType).map(({ name }) => name),
  ...PLACE,
];

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const dateOf = (day: string): string => {
  const [year = "", month = "", date = ""] = day.split("-");
  return `year = ${Number(year)} AND month = ${Number(month)} AND day = ${Number(date)}`;
};

/** The hours of a day that the range touches; nothing when it touches them all. */
const hoursOf = (day: string, { from, to }: TimeRange): string => {
  const start = Date.parse(day);
  const first = Math.max(0, Math.floor((from - start) / HOUR_MS));
  const last = Math.min(23, Math.ceil((to - start) / HOUR_MS) - 1);
  return first === 0 && last === 23 ? "" : ` AND hour BETWEEN ${first} AND ${last}`;
};

const rawDay =
  (range: TimeRange) =>
  ({ day }: DayReading): string =>
    `(${dateOf(day)}${hoursOf(day, range)})`;

const generationDay = ({ day, generation }: DayReading): string =>
  `(${dateOf(day)} AND generation = ${generation})`;

/** Rows of a table, as they lie: partitions and bounds are literals, so that whatever asks reads no other folder. */
const rows = (
  { environment, organizationId, logType, range }: RelationOptions,
  table: string,
  days: readonly string[],
): string => {
  const columns = [...columnsOf(logType).map(({ name }) => name), ...PLACE]
    .map((name) => `"${name}"`)
    .join(", ");
  const instant = (at: number) => quoted(new Date(at).toISOString());
  // Lines' times are UTC with milliseconds, so that their order is that of their texts.
  return `SELECT ${columns} FROM "${databaseName(environment)}"."${table}" WHERE environment = ${quoted(environment)} AND organization = ${quoted(organizationId)} AND (${days.join(" OR ")}) AND "time" >= ${instant(range.from)} AND "time" < ${instant(range.to)}`;
};

/** Which of the rows with one id counts: the first to arrive. */
const FOLD =
  'row_number() OVER (PARTITION BY year, month, day, hour, id ORDER BY receivedat, "time", transactionid) AS copy';

/**
 * The messages of a type, each id once, as a query without a name: what is raw of unsettled days beside the
 * generations that count, and of settled days these alone.
 */
export const relationQuery = (options: RelationOptions): string => {
  const { environment, organizationId, logType, days, range } = options;
  const compacted = compactedName(logType);
  const unsettled = days.filter(({ raw }) => raw);
  const doubled = unsettled.filter(({ generation }) => generation > 0);
  const settled = days.filter(({ raw, generation }) => !raw && generation > 0);

  const folded = [
    ...(unsettled.length === 0 ? [] : [rows(options, logType, unsettled.map(rawDay(range)))]),
    ...(doubled.length === 0 ? [] : [rows(options, compacted, doubled.map(generationDay))]),
  ];
  const once = [
    ...(folded.length === 0
      ? []
      : [`SELECT * FROM (SELECT *, ${FOLD} FROM (${folded.join(" UNION ALL ")})) WHERE copy = 1`]),
    ...(settled.length === 0
      ? []
      : [`SELECT *, 1 AS copy FROM (${rows(options, compacted, settled.map(generationDay))})`]),
  ];
  // Days that are settled and empty have no folder: nothing is read, and the columns stay.
  const source =
    once.length > 0
      ? once.join(" UNION ALL ")
      : `SELECT *, 1 AS copy FROM (${rows(options, logType, ["year = 0"])})`;
  const shown = columnsOf(logType).map(({ name, type }) =>
    type === "timestamp" ? `CAST(from_iso8601_timestamp("${name}") AS timestamp) AS "${name}"` : `"${name}"`,
  );
  const named = [
    `${quoted(organizationId)} AS organizationid`,
    `${quoted(logType)} AS logtype`,
    `${quoted(environment)} AS environment`,
    ...shown,
    ...PLACE.map((name) => `"${name}"`),
  ];
  return `SELECT ${named.join(", ")} FROM (${source})`;
};
