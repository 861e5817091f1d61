import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Call } from "../port/service.ts";
import { type AthenaContext, s3Location } from "./context.ts";
import type { Execution } from "./executions.ts";
import type { PlannedQuery } from "./plan-query.ts";
import { runQuery } from "./run-query.ts";
import { readUnload } from "./unload.ts";

/** Athena's own limit is half an hour; who asks for less stops the query. */
const TIME_OUT_MS = 30 * 60_000;

/** What a query reads, if the caller's session may read it; throws in Athena's words otherwise. */
const checkRights = (athena: AthenaContext, call: Call, bucket: string, { scans }: PlannedQuery): void => {
  for (const { table, scan } of scans) {
    const arn = athena.arns.at("glue", `table/${athena.database}/${table.name}`);
    if (!call.may("glue:GetTable", arn)) {
      throw new Error(`User is not authorized to perform: glue:GetTable on resource: ${arn}`);
    }
    for (const prefix of scan.prefixes) {
      if (!call.may("s3:GetObject", athena.arns.bucket(`${bucket}/${prefix}any`))) {
        throw new Error(`PERMISSION_DENIED: Access Denied when listing location s3://${bucket}/${prefix}`);
      }
    }
  }
};

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && error.name === "SqlFault") return `SYNTAX_ERROR: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
};

/** Runs a query that was taken in, and says how it ended. */
export const executeQuery = async (athena: AthenaContext, taken: Execution, call: Call): Promise<void> => {
  const controller = athena.running.get(taken.id);
  if (!controller || controller.signal.aborted) return;
  let execution: Execution = { ...taken, state: "RUNNING", startedAt: athena.now() };
  const change = (more: Partial<Execution>): void => {
    // A query that was cancelled meanwhile stays cancelled.
    if (athena.executions.get(taken.id)?.state === "CANCELLED") return;
    execution = { ...execution, ...more };
    athena.executions.save(execution);
  };
  const folder = join(athena.folder, taken.id);
  try {
    change({});
    await mkdir(folder, { recursive: true });
    // The parser is large, and only queries need it.
    await import("./extensionless-imports.ts");
    const { planQuery } = await import("./plan-query.ts");
    const lake = athena.lake;
    const root = athena.buckets.folderOf(lake);
    const unload = readUnload(taken.sql);
    const planned = planQuery(unload?.query ?? taken.sql, {
      tables: athena.tables,
      database: taken.database,
      root,
      parameters: taken.parameters,
    });
    checkRights(athena, call, lake, planned);
    const target = unload && s3Location(unload.location);
    if (target) {
      if (!call.may("s3:PutObject", athena.arns.bucket(`${target.bucket}/${target.key}any`))) {
        throw new Error(`Access Denied: cannot write to ${unload.location}`);
      }
      if (athena.buckets.has(target.bucket, target.key)) {
        throw new Error(
          `HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: ${unload.location}`,
        );
      }
    }
    const part = join(folder, "part");
    const resultFile = join(folder, "result.csv");
    const parquet = planned.scans
      .filter(({ table }) => table.form === "parquet")
      .flatMap(({ scan }) => scan.files);
    const report = await runQuery({
      sql: target
        ? `COPY (${planned.sql}) TO '${part.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`
        : planned.sql,
      directories: [
        ...planned.scans.flatMap(({ scan }) => scan.directories),
        ...(target ? [`${folder}/`] : []),
      ],
      parquetFiles: target ? [] : parquet,
      isOneSelect: target === undefined,
      resultFile,
      timeoutMs: TIME_OUT_MS,
      signal: controller.signal,
    });
    if (report.kind === "failed") throw new Error(report.message);
    if (target) await athena.buckets.put(target.bucket, `${target.key}${taken.id}`, part);
    else {
      const { bucket, key } = s3Location(taken.output);
      await athena.buckets.put(bucket, key, resultFile);
    }
    const json = planned.scans
      .filter(({ table }) => table.form === "json")
      .reduce((sum, { scan }) => sum + scan.bytes, 0);
    change({
      state: "SUCCEEDED",
      endedAt: athena.now(),
      columns: report.columns,
      scannedBytes: json + report.parquetBytes,
    });
  } catch (error) {
    change({ state: "FAILED", reason: reasonOf(error), endedAt: athena.now() });
  } finally {
    athena.running.delete(taken.id);
    await rm(folder, { recursive: true, force: true });
  }
};
