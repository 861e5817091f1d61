import { type Column, LOG_TYPE_NAMES, LOG_TYPES, type LogType, type LogTypeEntry } from "./types.ts";

export type LakeColumn = { name: string; type: string };

/** A table over the lake, as Glue has it: what Terraform makes, the local catalog shows and queries read. */
export type LakeTable = {
  name: string;
  logType: LogType;
  form: "json" | "parquet";
  /** Names of the lines' fields, and of the fields of their rows, as JSON spells them. */
  fields: readonly string[];
  /** Below the bucket, with `${…}` for each partition column. */
  template: string;
  columns: readonly LakeColumn[];
  /** In the order of the path. */
  partitions: readonly LakeColumn[];
};

/** The name that the table of a type's compacted generations has. */
export const compactedName = (logType: string): string => `${logType}_compacted`;

/** Glue's database; a hyphen in a name would have to be quoted in every query. */
export const databaseName = (environment: string): string =>
  `millrace_${environment.replaceAll("-", "_")}_logs`;

/** The column's name in SQL. */
export const sqlName = ({ field }: Pick<Column, "field">): string => field.toLowerCase();

/**
 * Times are text in the lake, because the reader of JSON knows no time with a zone; a query's relations show those
 * of messages as timestamps.
 */
export const storedType = (type: string): string =>
  type === "timestamp" ? "string" : type.replaceAll(":timestamp", ":string");

const DAY: readonly LakeColumn[] = [
  { name: "environment", type: "string" },
  { name: "organization", type: "string" },
  { name: "year", type: "int" },
  { name: "month", type: "int" },
  { name: "day", type: "int" },
];

const templateOf = (folder: string, logType: LogType, last: string): string =>
  `${folder}/environment=\${environment}/organization=\${organization}/logtype=${logType}/year=\${year}/month=\${month}/day=\${day}/${last}=\${${last}}/`;

const tablesOf = (logType: LogType): LakeTable[] => {
  const entry: LogTypeEntry = LOG_TYPES[logType];
  const fields = [...entry.columns.map(({ field }) => field), "transactionId"];
  const columns = entry.columns.map((column) => ({ name: sqlName(column), type: storedType(column.type) }));
  return [
    {
      name: logType,
      logType,
      form: "json",
      fields,
      template: templateOf("logs", logType, "hour"),
      columns,
      partitions: [...DAY, { name: "hour", type: "int" }],
    },
    {
      name: compactedName(logType),
      logType,
      form: "parquet",
      fields: [],
      template: templateOf("compacted", logType, "generation"),
      // A generation holds a whole day, so the hour is a column of it.
      columns: [...columns, { name: "hour", type: "int" }],
      partitions: [...DAY, { name: "generation", type: "int" }],
    },
  ];
};

/** Two tables for each type of log: what is raw, and what was compacted. */
export const LAKE_TABLES: readonly LakeTable[] = LOG_TYPE_NAMES.flatMap(tablesOf);
