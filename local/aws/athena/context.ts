import { rm } from "node:fs/promises";
import { join } from "node:path";
import { databaseName, LAKE_TABLES, type LakeTable } from "#common/logs/lake-tables.ts";
import { bucketName, type Deployment, resourceName } from "#common/manifest/names.ts";
import type { Arns } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import type { Input } from "../port/input.ts";
import { text } from "../port/input.ts";
import type { Call } from "../port/service.ts";
import type { BucketFiles } from "../s3/bucket-files.ts";
import { type Execution, openExecutions } from "./executions.ts";

export type AthenaOptions = {
  dataFolder: string;
  arns: Arns;
  deployment: Deployment;
  /** As `functions/resources.json` names them. */
  workgroups: readonly string[];
  buckets: BucketFiles;
  now: () => number;
  log: (error: unknown, work: string) => void;
};

/** DuckDB takes two threads and a gigabyte for each. */
const AT_ONCE = 2;

/** `s3://bucket/a/b` in its parts. */
export const s3Location = (url: string): { bucket: string; key: string } => {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(url);
  if (!match) throw new AwsError("InvalidRequestException", `outputLocation is not a valid S3 path: ${url}`);
  return { bucket: match[1] ?? "", key: match[2] ?? "" };
};

/** What every action works with. */
export const openAthena = ({
  dataFolder,
  arns,
  deployment,
  workgroups,
  buckets,
  now,
  log,
}: AthenaOptions) => {
  const executions = openExecutions(join(dataFolder, "athena.sqlite"), now);
  const known = new Set(workgroups.map((name) => resourceName(deployment, name)));
  const tables: ReadonlyMap<string, LakeTable> = new Map(LAKE_TABLES.map((table) => [table.name, table]));
  const running = new Map<string, AbortController>();
  const waiting: (() => Promise<void>)[] = [];
  let active = 0;
  let isClosed = false;

  const next = (): void => {
    const work = active < AT_ONCE ? waiting.shift() : undefined;
    if (!work || isClosed) return;
    active += 1;
    void work()
      .catch((error: unknown) => log(error, "athena query"))
      .finally(() => {
        active -= 1;
        next();
      });
  };

  return {
    executions,
    arns,
    buckets,
    tables,
    database: databaseName(deployment.environment),
    lake: bucketName(deployment, "lake"),
    now,
    folder: join(dataFolder, "athena"),
    hasWorkgroup: (name: string): boolean => known.has(name),
    workgroupArn: (name: string) => arns.at("athena", `workgroup/${name}`),
    /** Runs it when fewer than two queries run. */
    queue: (work: () => Promise<void>): void => {
      waiting.push(work);
      next();
    },
    /** What stops the query when it is to be cancelled. */
    running,
    /** The query that the request names, if the caller may do this in its workgroup. */
    find: (input: Input, call: Call, action: string): Execution => {
      const id = text(input, "QueryExecutionId");
      const execution = executions.get(id);
      call.authorize(
        `athena:${action}`,
        arns.at("athena", `workgroup/${execution?.workgroup ?? [...known][0]}`),
      );
      if (!execution) throw new AwsError("InvalidRequestException", `QueryExecution ${id} was not found`);
      return execution;
    },
    close: async (): Promise<void> => {
      isClosed = true;
      waiting.length = 0;
      for (const controller of running.values()) controller.abort();
      const until = Date.now() + 2_000;
      while (active > 0 && Date.now() < until) await new Promise((done) => setTimeout(done, 10));
      executions.close();
      await rm(join(dataFolder, "athena"), { recursive: true, force: true });
    },
  };
};
export type AthenaContext = ReturnType<typeof openAthena>;
