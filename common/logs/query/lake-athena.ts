import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CLIENT_DEFAULTS, rememberClient } from "#common/aws/clients.ts";
import { type Credentials, readerSession } from "#common/aws/reader-session.ts";
import { databaseName } from "#common/logs/lake-tables.ts";
import { resourceName } from "#common/manifest/names.ts";
import type { ExecutionStatus, LakeEngine, LakeEngines, QueryState } from "./lake-engine.ts";

export type LakeAthenaOptions = {
  environment: string;
  roleArn: string;
  bucket: string;
  /** The workgroup that the role queries in, as `functions/resources.json` names it. */
  workgroup?: string;
};

const STATES: Readonly<Record<string, QueryState>> = {
  QUEUED: "queued",
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  CANCELLED: "cancelled",
};

/** Clients by the session that they were made for; the latest few. */
const clients = new Map<string, { athena: AthenaClient; s3: S3Client }>();
const CLIENTS_MAX = 10;

const clientsOf = (credentials: Credentials) => {
  const known = clients.get(credentials.sessionToken);
  if (known) return known;
  const made = {
    athena: rememberClient(
      new AthenaClient({
        ...CLIENT_DEFAULTS,
        credentials,
        requestHandler: { ...CLIENT_DEFAULTS.requestHandler, requestTimeout: 10_000 },
      }),
    ),
    s3: rememberClient(
      new S3Client({
        ...CLIENT_DEFAULTS,
        credentials,
        requestHandler: { ...CLIENT_DEFAULTS.requestHandler, requestTimeout: 10_000 },
      }),
    ),
  };
  clients.set(credentials.sessionToken, made);
  if (clients.size > CLIENTS_MAX) clients.delete(clients.keys().next().value ?? "");
  return made;
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && ["NoSuchKey", "AccessDenied"].includes(error.name);

/** Athena as sessions of the reader's role see it: one organization's folders, by the session's tag. */
export const athenaEngines =
  ({ environment, roleArn, bucket, workgroup = "logs" }: LakeAthenaOptions): LakeEngines =>
  async ({ organizationId, readsEvents }) => {
    const { athena, s3 } = clientsOf(
      await readerSession(roleArn, {
        organization: organizationId,
        ...(readsEvents ? { events: "read" } : {}),
      }),
    );
    const folder = `results/organization=${organizationId}/`;

    const status = async (QueryExecutionId: string): Promise<ExecutionStatus> => {
      const { QueryExecution: one } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const reason = one?.Status?.StateChangeReason;
      return {
        state: STATES[one?.Status?.State ?? ""] ?? "failed",
        scannedBytes: one?.Statistics?.DataScannedInBytes ?? 0,
        runMs: one?.Statistics?.EngineExecutionTimeInMillis ?? 0,
        ...(reason === undefined ? {} : { reason }),
      };
    };

    const engine: LakeEngine = {
      start: async (sql, { parameters = [], token } = {}) => {
        const { QueryExecutionId } = await athena.send(
          new StartQueryExecutionCommand({
            QueryString: sql,
            WorkGroup: resourceName({ environment }, workgroup),
            QueryExecutionContext: { Database: databaseName(environment) },
            ResultConfiguration: { OutputLocation: `s3://${bucket}/${folder}` },
            ...(parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
            ...(token === undefined ? {} : { ClientRequestToken: token }),
          }),
        );
        if (QueryExecutionId === undefined)
          throw new Error("Athena answered StartQueryExecution without an id");
        return QueryExecutionId;
      },

      status,

      rows: async (QueryExecutionId, { after, limit }) => {
        const { ResultSet, NextToken } = await athena.send(
          new GetQueryResultsCommand({
            QueryExecutionId,
            // The first page begins with the columns' names.
            MaxResults: Math.min(1_000, after === undefined ? limit + 1 : limit),
            ...(after === undefined ? {} : { NextToken: after }),
          }),
        );
        const all = (ResultSet?.Rows ?? []).map(({ Data = [] }) =>
          Data.map(({ VarCharValue = null }) => VarCharValue),
        );
        return {
          columns: (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(
            ({ Name = "", Type = "varchar" }) => ({
              name: Name.toLowerCase(),
              type: Type,
            }),
          ),
          rows: after === undefined ? all.slice(1) : all,
          ...(NextToken === undefined ? {} : { next: NextToken }),
        };
      },

      stop: async (QueryExecutionId) => {
        await athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
      },

      keep: async (name, text) => {
        await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: `${folder}${name}`,
            Body: text,
            ContentType: "application/x-ndjson",
          }),
        );
      },

      kept: async (name, from, bytes) => {
        try {
          const { Body } = await s3.send(
            new GetObjectCommand({
              Bucket: bucket,
              Key: `${folder}${name}`,
              Range: `bytes=${from}-${from + bytes - 1}`,
            }),
          );
          return Buffer.from((await Body?.transformToByteArray()) ?? []);
        } catch (error) {
          // Without the right to list the bucket, S3 says of a missing object that access is denied.
          if (isMissing(error)) return undefined;
          throw error;
        }
      },
    };
    return engine;
  };
