import { sqlName } from "#common/logs/lake-tables.ts";
import { EVENTS_TYPE, LOG_TYPES, type LogType, type LogTypeEntry, TARGETS_TYPE } from "#common/logs/types.ts";

type Row = readonly (string | null)[];

/** Columns whose text is JSON. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(["extra", "detail", "chain"]);

const columnsOf = (logType: LogType) => {
  const { columns }: LogTypeEntry = LOG_TYPES[logType];
  return columns;
};

/** What a search selects of a relation: rows as JSON, everything else as it stands. */
export const messageColumns = (logType: LogType): string =>
  columnsOf(logType)
    .map((column) =>
      column.type === EVENTS_TYPE || column.type === TARGETS_TYPE
        ? `json_format(CAST("${sqlName(column)}" AS json)) AS "${sqlName(column)}"`
        : `"${sqlName(column)}"`,
    )
    .join(", ");

/** `2026-11-20 01:00:00.000` of a column in UTC. */
export const toInstant = (text: string): string => `${text.slice(0, 10)}T${text.slice(11, 23)}Z`;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A row's fields as the message spelled them; what was absent stays absent. */
const eventOf = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      const spelled = name === "transactionid" ? "transactionId" : name;
      return [[spelled, JSON_COLUMNS.has(name) && typeof value === "string" ? parsed(value) : value]];
    }),
  );

const fieldValue = (type: string, name: string, text: string): unknown => {
  if (type === "boolean") return text === "true";
  if (type === "int") return Number(text);
  if (type === "timestamp") return toInstant(text);
  if (type === EVENTS_TYPE || type === TARGETS_TYPE) {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(eventOf) : list;
  }
  return JSON_COLUMNS.has(name) ? parsed(text) : text;
};

export type FoundMessage = { time: string; id: string } & Record<string, unknown>;

/** A row of `messageColumns` as the message that it was. */
export const messageOf = (organizationID: string, logType: LogType, row: Row): FoundMessage => {
  const fields: Record<string, unknown> = {};
  columnsOf(logType).forEach(({ field, type }, at) => {
    const text = row[at];
    if (text !== null && text !== undefined) fields[field] = fieldValue(type, field.toLowerCase(), text);
  });
  return { organizationID, logType, ...fields, time: String(fields.time), id: String(fields.id) };
};
