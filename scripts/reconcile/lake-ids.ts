import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { compactedName, databaseName } from "#common/logs/lake-tables.ts";
import { readDays } from "#common/logs/query/day-readings.ts";
import type { DayReading, TimeRange } from "#common/logs/query/relations.ts";
import type { LogType } from "#common/logs/types.ts";
import type { Table } from "#common/table/table.ts";

export type LakeIdsOptions = {
  environment: string;
  bucket: string;
  table: Pick<Table, "queryPage">;
  range: TimeRange;
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const dayCondition = ({ day }: DayReading): string => {
  const [year, month, date] = day.split("-").map(Number);
  return `year = ${year} AND month = ${month} AND day = ${date}`;
};

/**
 * Each id of the range once, with how many lines hold it. Raw lines of days that are not settled count; of a
 * generation, which holds each id once, only what is not raw any more.
 */
export const idsStatement = (
  { environment, range }: Pick<LakeIdsOptions, "environment" | "range">,
  organizationId: string,
  logType: LogType,
  days: readonly DayReading[],
): string | undefined => {
  const rows = (table: string, raw: 0 | 1, conditions: readonly string[]): string[] =>
    conditions.length === 0
      ? []
      : [
          `SELECT id, day, hour, ${raw} AS raw FROM "${databaseName(environment)}"."${table}" WHERE environment = ${quoted(environment)} AND organization = ${quoted(organizationId)} AND (${conditions.join(" OR ")}) AND "time" >= ${quoted(new Date(range.from).toISOString())} AND "time" < ${quoted(new Date(range.to).toISOString())}`,
        ];
  const sources = [
    ...rows(
      logType,
      1,
      days.filter(({ raw }) => raw).map((day) => `(${dayCondition(day)})`),
    ),
    ...rows(
      compactedName(logType),
      0,
      days
        .filter(({ generation }) => generation > 0)
        .map((day) => `(${dayCondition(day)} AND generation = ${day.generation})`),
    ),
  ];
  if (sources.length === 0) return undefined;
  return `SELECT id, sum(raw) AS copies FROM (${sources.join(" UNION ALL ")}) GROUP BY id, day, hour`;
};

/** Ids as the operator's own rights read them; Athena's results are read as a stream, however many there are. */
export const makeLakeIds = async (options: LakeIdsOptions) => {
  const { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } = await import(
    "@aws-sdk/client-athena"
  );
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const { s3 } = await import("#common/aws/s3.ts");
  const athena = new AthenaClient();

  const run = async (organizationId: string, sql: string): Promise<string> => {
    const { QueryExecutionId } = await athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: `millrace-${options.environment}-logs`,
        QueryExecutionContext: { Database: databaseName(options.environment) },
        ResultConfiguration: {
          OutputLocation: `s3://${options.bucket}/results/organization=${organizationId}/`,
        },
      }),
    );
    for (;;) {
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason } = QueryExecution?.Status ?? {};
      if (State === "SUCCEEDED") return QueryExecution?.ResultConfiguration?.OutputLocation ?? "";
      if (State !== "QUEUED" && State !== "RUNNING")
        throw new Error(`Athena: ${State}: ${StateChangeReason}`);
      await sleep(200);
    }
  };

  return async function* ids(
    organizationId: string,
    logType: LogType,
  ): AsyncGenerator<{ id: string; copies: number }> {
    const days = await readDays(options.table, organizationId, logType, options.range);
    const sql = idsStatement(options, organizationId, logType, days);
    if (sql === undefined) return;
    const [, Bucket = "", Key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(await run(organizationId, sql)) ?? [];
    const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
    // An id holds neither a quote nor a line break, so that each line is a row.
    const lines = createInterface({ input: Body as Readable, crlfDelay: Number.POSITIVE_INFINITY });
    let isHeader = true;
    for await (const line of lines) {
      const [, id, copies] = /^"(.*)","(\d+)"$/.exec(line) ?? [];
      if (!isHeader && id !== undefined) yield { id, copies: Math.max(1, Number(copies)) };
      isHeader = false;
    }
  };
};
