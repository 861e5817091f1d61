import { sqlName, storedType } from "#common/logs/lake-tables.ts";
import { NAMED_QUERIES } from "#common/logs/query/named-queries.ts";
import { relationColumns } from "#common/logs/query/relations.ts";
import { LOG_TYPE_NAMES, LOG_TYPES, type LogTypeEntry } from "#common/logs/types.ts";

const OF_PLACE: Readonly<Record<string, string>> = {
  organizationid: "The organization that the message belongs to.",
  logtype: "The type of the message.",
  environment: "The environment that took it.",
  year: "Of `time`, in UTC.",
  month: "Of `time`, in UTC.",
  day: "Of `time`, in UTC.",
  hour: "Of `time`, in UTC.",
};

/** What SQL calls the type: rows have text for times, which only the relation's own columns show as timestamps. */
const sqlType = (type: string): string => (type === "timestamp" ? type : storedType(type));

/** `GET /logs/types`: every type, with the columns of its relation. */
export const logTypes = () => ({
  items: LOG_TYPE_NAMES.map((name) => {
    const { description, formerName, role, columns, example }: LogTypeEntry = LOG_TYPES[name];
    const own = new Map(columns.map((column) => [sqlName(column), column]));
    return {
      name,
      description,
      ...(formerName === undefined ? {} : { formerName }),
      ...(role === undefined ? {} : { role }),
      columns: relationColumns(name).map((column) => {
        const known = own.get(column);
        if (known) return { name: column, type: sqlType(known.type), description: known.description };
        const type = ["year", "month", "day", "hour"].includes(column) ? "int" : "string";
        return { name: column, type, description: OF_PLACE[column] ?? "" };
      }),
      example,
    };
  }),
  cursor: null,
});

/** `GET /logs/named-queries`. */
export const namedQueries = () => ({
  items: NAMED_QUERIES.map(({ values: _, ...query }) => query),
  cursor: null,
});
