import { type TSchema, Type } from "typebox";
import { jobStartedHeaders } from "#common/jobs/job.fields.ts";
import { type Column, LOG_TYPE_NAMES, LOG_TYPES, type LogType } from "#common/logs/types.ts";
import { pageFields } from "#common/paging/page.fields.ts";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";
import type { StatsGroup } from "./count-logs.ts";

const GROUPS: StatsGroup[] = ["hour", "day", "logType", "server", "success"];

/** Columns of text that hold JSON. */
const JSON_FIELDS: ReadonlySet<string> = new Set(["extra", "detail", "chain"]);

const bound = (description: string) => Type.String({ format: "day-or-time", description });
const from = bound("Messages of this time or later: a day in UTC, or a time.");
const to = bound("Messages before this time, or before the first instant of this day in UTC.");
const logType = Type.Unsafe<LogType>({ type: "string", enum: LOG_TYPE_NAMES });

const filters = {
  transactionId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  server: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "The message's server, or one of its events'.",
    }),
  ),
  success: Type.Optional(Type.Boolean({ description: "False: at least one event of the message failed." })),
  q: Type.Optional(
    Type.String({
      maxLength: 400,
      pattern: "[\\p{L}\\p{N}]",
      description:
        "Words that are all parts of the message's texts (action, description, detail), in any case; `%` and `_` mean themselves.",
    }),
  ),
};

const SearchQuery = queryValidator(
  Type.Object({ logType, from, to, ...filters, ...pageFields }, { additionalProperties: false }),
);

const StatsQuery = queryValidator(
  Type.Object(
    {
      logType: Type.Optional(logType),
      from,
      to,
      ...filters,
      groupBy: Type.Unsafe<StatsGroup[]>({
        type: "array",
        items: { type: "string", enum: GROUPS },
        minItems: 1,
        maxItems: 4,
        uniqueItems: true,
        description: "May be repeated up to four times: the answer has `groups` then, all from one look.",
      }),
    },
    { additionalProperties: false },
  ),
);

const instant = Type.String({ format: "date-time" });
const rows = Type.Array(Type.Object({}, { additionalProperties: true }));

/** Of a column by its type in Glue; what stands as JSON in a text is any JSON. */
const fieldOf = ({ type, field, description }: Column): TSchema => {
  if (type === "boolean") return Type.Boolean({ description });
  if (type === "int") return Type.Integer({ description });
  if (type === "timestamp") return Type.String({ format: "date-time", description });
  if (type !== "string") return { ...rows, description };
  return JSON_FIELDS.has(field) ? Type.Unknown({ description }) : Type.String({ description });
};

const message = Type.Object(
  {
    ...Object.fromEntries(
      LOG_TYPE_NAMES.flatMap((name): readonly Column[] => LOG_TYPES[name].columns).map((column) => [
        column.field,
        Type.Optional(fieldOf(column)),
      ]),
    ),
    organizationID: Type.String(),
    logType,
    id: Type.String(),
    time: instant,
  },
  {
    description:
      "The message as it was taken, with what the platform says of it. Which fields there are goes by its type.",
  },
);

const SearchAnswer = validator(
  Type.Object({
    items: Type.Array(message),
    cursor: Type.Union([Type.String(), Type.Null()], {
      description: "Gets the next page; null exactly when nothing is left.",
    }),
    searchedTo: Type.String({
      format: "date-time",
      description: "Everything from here to `to` was searched.",
    }),
    bytesScanned: Type.Integer({ minimum: 0, description: "0 for a page of what an earlier search found." }),
  }),
);

const counts = Type.Array(Type.Object({ key: Type.String(), count: Type.Integer({ minimum: 1 }) }));
const StatsAnswer = validator(
  Type.Object({
    items: Type.Optional(counts),
    groups: Type.Optional(
      Type.Object(Object.fromEntries(GROUPS.map((name) => [name, Type.Optional(counts)]))),
    ),
  }),
);

/** Read by the same rule as in a query, which also takes a day; formats of bodies have none of that. */
const bodyBound = (description: string) => Type.String({ minLength: 1, maxLength: 40, description });

const NewQuery = validator(
  Type.Object(
    {
      sql: Type.Optional(
        Type.String({ minLength: 1, maxLength: 50_000, description: "One SELECT in Athena's dialect." }),
      ),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "A named query." })),
      parameters: Type.Optional(
        Type.Unsafe<Record<string, unknown>>({
          type: "object",
          description: "Values of a named query's parameters.",
        }),
      ),
      from: Type.Optional(bodyBound("The relations' messages begin here; by default a day before `to`.")),
      to: Type.Optional(bodyBound("The relations' messages end here; by default now.")),
      wide: Type.Optional(
        Type.Boolean({ description: "Up to 400 days and 100 GB instead of 31 days and 10 GB." }),
      ),
    },
    {
      additionalProperties: false,
      examples: [{ sql: "select server, count(*) n from web group by server" }],
    },
  ),
);

const status = Type.Unsafe<string>({
  type: "string",
  enum: ["queued", "running", "succeeded", "failed", "cancelled"],
});
const Accepted = validator(Type.Object({ id: Type.String({ format: "uuid" }), status }));

const QueryFormat = queryValidator(
  Type.Object(
    { format: Type.Unsafe<"json" | "csv">({ type: "string", enum: ["json", "csv"], default: "json" }) },
    { additionalProperties: false },
  ),
);

const columns = Type.Array(Type.Object({ name: Type.String(), type: Type.String() }));
const QueryAnswer = validator(
  Type.Object({
    id: Type.String({ format: "uuid" }),
    status,
    columns,
    rows: Type.Array(Type.Array(Type.Unknown())),
    truncated: Type.Boolean({ description: "There were more rows than 10,000, or than 4 MB hold." }),
    bytesScanned: Type.Integer({ minimum: 0 }),
    error: Type.Optional(Type.String()),
  }),
);

const TypesAnswer = validator(
  pageOf(
    Type.Object({
      name: Type.String(),
      description: Type.String(),
      formerName: Type.Optional(Type.String()),
      role: Type.Optional(Type.String({ description: "What reading it needs beside `logs.read`." })),
      columns: Type.Array(
        Type.Object({ name: Type.String(), type: Type.String(), description: Type.String() }),
      ),
      example: Type.Unknown(),
    }),
  ),
);

const NamedAnswer = validator(
  pageOf(
    Type.Object({
      name: Type.String(),
      description: Type.String(),
      sql: Type.String(),
      parameters: Type.Array(
        Type.Object({ name: Type.String(), type: Type.String(), required: Type.Boolean() }),
      ),
      columns,
    }),
  ),
);

export const contract = {
  "GET /logs": {
    summary: "Search logs",
    description:
      "Messages of one type, newest first by (time, id), searched from the newest end for at most ten seconds a page. A cursor's pages show what the first search found and kept for 48 hours: they scan nothing, and do not shift while messages arrive. A page also ends at 4 MB.",
    query: SearchQuery,
    answers: { 200: { description: "A page of messages.", body: SearchAnswer } },
  },
  "GET /logs/stats": {
    summary: "Count logs by hour, day, type, server or success",
    description:
      "Largest first, hours and days in time order; messages without a server count under the empty key. Without `logType` every type that the token may search. What cannot be counted within 20 seconds is refused with 503 `TOO_MUCH_TO_COUNT`.",
    query: StatsQuery,
    answers: { 200: { description: "The counts.", body: StatsAnswer } },
  },
  "GET /logs/types": {
    summary: "List the types of logs, and the columns of their relations",
    answers: { 200: { description: "The types.", body: TypesAnswer } },
  },
  "GET /logs/named-queries": {
    summary: "List the queries that have a name",
    answers: { 200: { description: "The named queries.", body: NamedAnswer } },
  },
  "POST /logs/queries": {
    summary: "Query logs in SQL",
    description:
      "One SELECT in Athena's dialect over relations named as the types, which hold the organization's messages of the range, each id once. Or a named query, with its parameters.",
    body: NewQuery,
    idempotent: true,
    answers: {
      202: {
        description: "The query was started; `Location` names where to ask for it.",
        body: Accepted,
        headers: jobStartedHeaders,
      },
    },
  },
  "GET /logs/queries/{queryId}": {
    summary: "See how a query stands, and its rows once it has succeeded",
    query: QueryFormat,
    answers: {
      200: {
        description: "The query, with at most 10,000 rows.",
        body: QueryAnswer,
        contentTypes: ["application/json", "text/csv"],
      },
    },
  },
  "DELETE /logs/queries/{queryId}": {
    summary: "Cancel a query",
    answers: { 204: { description: "The query does not run, whether or not it had ended before." } },
  },
} as const;
