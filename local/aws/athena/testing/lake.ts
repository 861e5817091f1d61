import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

export const LAKE = "millrace-local-lake";
export const DATABASE = "millrace_local_logs";
export const READER_ROLE = "arn:aws:iam::000000000000:role/millrace-local-logs-reader";

const CLIENT = (endpoint: string, accessKeyId = "local", secretAccessKey = "local", sessionToken = "") => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken === "" ? {} : { sessionToken }) },
});

/** A line of the lake, as the transformer writes it. */
export const aLine = (
  organizationID: string,
  id: string,
  time: string,
  more: Record<string, unknown> = {},
) => {
  const at = new Date(time);
  return {
    schema: 1,
    environment: "local",
    organizationID,
    logType: "web",
    id,
    time: at.toISOString(),
    receivedAt: at.toISOString(),
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    success: true,
    server: "dspweb",
    transactionId: "tx-1",
    events: [{ action: "received request", description: "on web", success: true, detail: { path: "/" } }],
    ...more,
  };
};

export type Line = ReturnType<typeof aLine>;

const two = (number: number): string => String(number).padStart(2, "0");

/** Puts lines into the folders that they belong to, an object for each folder. */
export const putLines = async (s3: S3Client, lines: readonly Line[], name = "part-1"): Promise<string[]> => {
  const folders = Map.groupBy(
    lines,
    ({ organizationID, logType, year, month, day, hour }) =>
      `logs/environment=local/organization=${organizationID}/logtype=${logType}/year=${year}/month=${two(month)}/day=${two(day)}/hour=${two(hour)}`,
  );
  const keys: string[] = [];
  for (const [folder, own] of folders) {
    const Key = `${folder}/${name}.gz`;
    const Body = gzipSync(own.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await s3.send(new PutObjectCommand({ Bucket: LAKE, Key, Body }));
    keys.push(Key);
  }
  return keys;
};

/** Athena as a session of the reader's role sees it. */
export const sessionOf = async (url: string, tags: Record<string, string>) => {
  const { Credentials } = await new STSClient(CLIENT(url)).send(
    new AssumeRoleCommand({
      RoleArn: READER_ROLE,
      RoleSessionName: "test",
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return CLIENT(url, Credentials?.AccessKeyId, Credentials?.SecretAccessKey, Credentials?.SessionToken);
};

export const athenaOf = async (url: string, tags: Record<string, string>): Promise<AthenaClient> =>
  new AthenaClient(await sessionOf(url, tags));

export const start = async (
  athena: AthenaClient,
  organization: string,
  QueryString: string,
  ExecutionParameters: string[] = [],
): Promise<string> => {
  const { QueryExecutionId = "" } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString,
      WorkGroup: "millrace-local-logs",
      QueryExecutionContext: { Database: DATABASE },
      ResultConfiguration: { OutputLocation: `s3://${LAKE}/results/organization=${organization}/` },
      ...(ExecutionParameters.length === 0 ? {} : { ExecutionParameters }),
    }),
  );
  return QueryExecutionId;
};

/** Waits until the query has ended. */
export const ended = async (athena: AthenaClient, QueryExecutionId: string) => {
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const state = QueryExecution?.Status?.State;
    if (state !== "QUEUED" && state !== "RUNNING") {
      return {
        state,
        reason: QueryExecution?.Status?.StateChangeReason,
        scanned: QueryExecution?.Statistics?.DataScannedInBytes,
      };
    }
    await sleep(50);
  }
};

/** Runs a query to its end; the rows without their header, null as null. */
export const query = async (
  athena: AthenaClient,
  organization: string,
  sql: string,
  parameters: string[] = [],
) => {
  const id = await start(athena, organization, sql, parameters);
  const end = await ended(athena, id);
  if (end.state !== "SUCCEEDED") return { id, ...end, header: undefined, rows: [] };
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  const rows = (ResultSet?.Rows ?? []).map(({ Data = [] }) =>
    Data.map(({ VarCharValue = null }) => VarCharValue),
  );
  return { id, ...end, header: rows[0], rows: rows.slice(1) };
};
