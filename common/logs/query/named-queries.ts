import type { ResultColumn } from "./lake-engine.ts";

export type NamedParameter = { name: string; type: "text" | "integer"; required: boolean };

export type NamedQuery = {
  name: string;
  description: string;
  /** Over the relations, with a `?` for each of `values`. */
  sql: string;
  parameters: readonly NamedParameter[];
  /** The parameters' names, one for each `?`. */
  values: readonly string[];
  columns: readonly ResultColumn[];
};

const MESSAGES = ["web", "app", "agw", "hub", "connector", "container", "platform"] as const;

/** The columns of every type of message, side by side. */
const everywhere = (columns: string): string =>
  MESSAGES.map((name) => `SELECT ${columns} FROM ${name}`).join(" UNION ALL ");

/** Queries that are asked again and again; in Athena's console too, over both tables of each type. */
export const NAMED_QUERIES: readonly NamedQuery[] = [
  {
    name: "errors-by-server-and-hour",
    description: "How many messages of each server failed in each hour, the latest hour first.",
    sql: `SELECT logtype, coalesce(server, '') AS server, date_trunc('hour', "time") AS hour, count(*) AS errors FROM (${everywhere('logtype, server, "time", success')}) WHERE NOT success GROUP BY 1, 2, 3 ORDER BY hour DESC, errors DESC, server LIMIT 1000`,
    parameters: [],
    values: [],
    columns: [
      { name: "logtype", type: "varchar" },
      { name: "server", type: "varchar" },
      { name: "hour", type: "timestamp" },
      { name: "errors", type: "bigint" },
    ],
  },
  {
    name: "slowest-actions",
    description:
      "Calls by server and action, those that take longest on average first, from `detail.durationMs`.",
    sql: `SELECT coalesce(e.server, m.server, '') AS server, e.action, count(*) AS calls, round(avg(try_cast(json_extract_scalar(e.detail, '$.durationMs') AS double)), 1) AS meanms, max(try_cast(json_extract_scalar(e.detail, '$.durationMs') AS double)) AS maxms FROM (${everywhere("server, events")}) AS m CROSS JOIN UNNEST(events) AS e WHERE json_extract_scalar(e.detail, '$.durationMs') IS NOT NULL GROUP BY 1, 2 ORDER BY meanms DESC, calls DESC LIMIT 100`,
    parameters: [],
    values: [],
    columns: [
      { name: "server", type: "varchar" },
      { name: "action", type: "varchar" },
      { name: "calls", type: "bigint" },
      { name: "meanms", type: "double" },
      { name: "maxms", type: "double" },
    ],
  },
  {
    name: "one-transaction",
    description: "Every message of one transaction, in time order.",
    sql: `SELECT "time", logtype, server, id, success, json_format(cast(events AS json)) AS events FROM (${everywhere('"time", logtype, server, id, success, events, transactionid')}) WHERE transactionid = ? OR any_match(events, e -> e.transactionid = ?) ORDER BY "time", id LIMIT 10000`,
    parameters: [{ name: "transactionId", type: "text", required: true }],
    values: ["transactionId", "transactionId"],
    columns: [
      { name: "time", type: "timestamp" },
      { name: "logtype", type: "varchar" },
      { name: "server", type: "varchar" },
      { name: "id", type: "varchar" },
      { name: "success", type: "boolean" },
      { name: "events", type: "varchar" },
    ],
  },
  {
    name: "messages-by-day",
    description: "How many messages of each type there are on each day, and how many of them failed.",
    sql: `SELECT date_trunc('day', "time") AS day, logtype, count(*) AS messages, count_if(NOT success) AS errors FROM (${everywhere('logtype, "time", success')}) GROUP BY 1, 2 ORDER BY day DESC, logtype`,
    parameters: [],
    values: [],
    columns: [
      { name: "day", type: "timestamp" },
      { name: "logtype", type: "varchar" },
      { name: "messages", type: "bigint" },
      { name: "errors", type: "bigint" },
    ],
  },
  {
    name: "silent-servers",
    description:
      "Servers that sent nothing for so many minutes (60 if not said) before the newest message of all.",
    sql: `SELECT logtype, server, lasttime, silentminutes FROM (SELECT logtype, server, lasttime, date_diff('minute', lasttime, max(lasttime) OVER ()) AS silentminutes FROM (SELECT logtype, server, max("time") AS lasttime FROM (${everywhere('logtype, server, "time"')}) WHERE server IS NOT NULL GROUP BY 1, 2)) WHERE silentminutes >= coalesce(?, 60) ORDER BY silentminutes DESC, server LIMIT 1000`,
    parameters: [{ name: "minutes", type: "integer", required: false }],
    values: ["minutes"],
    columns: [
      { name: "logtype", type: "varchar" },
      { name: "server", type: "varchar" },
      { name: "lasttime", type: "timestamp" },
      { name: "silentminutes", type: "bigint" },
    ],
  },
];
