import { randomUUID } from "node:crypto";
import { AwsError } from "../port/errors.ts";
import { isRecord, optionalText, record, text, texts } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { type AthenaContext, s3Location } from "./context.ts";
import { executeQuery } from "./execute-query.ts";
import type { Execution } from "./executions.ts";

const STATEMENT_CHARACTERS_MAX = 262_144;

const invalid = (message: string): AwsError => new AwsError("InvalidRequestException", message);

const tokenOf = (value: string | undefined): string | null => {
  if (value === undefined) return null;
  if (value.length < 32 || value.length > 128) {
    throw invalid("clientRequestToken must have a length between 32 and 128");
  }
  return value;
};

/** Takes a query in; the same token and request again are the same query. */
export const startQueryExecution =
  (athena: AthenaContext): Operation =>
  (input, call) => {
    const sql = text(input, "QueryString");
    if (sql.length > STATEMENT_CHARACTERS_MAX) throw invalid("queryString is longer than 262144");
    const workgroup = optionalText(input, "WorkGroup") ?? "primary";
    call.authorize("athena:StartQueryExecution", athena.workgroupArn(workgroup));
    if (!athena.hasWorkgroup(workgroup)) throw invalid(`WorkGroup ${workgroup} is not found.`);
    const parameters = texts(input, "ExecutionParameters");
    if (parameters.some((value) => value.length < 1 || value.length > 1_024)) {
      throw invalid("executionParameters must have a length between 1 and 1024");
    }
    const folder = text(record(input, "ResultConfiguration"), "OutputLocation");
    const token = tokenOf(optionalText(input, "ClientRequestToken"));
    const request = JSON.stringify([sql, parameters, workgroup, folder, input.QueryExecutionContext]);
    const known = token === null ? undefined : athena.executions.withToken(token);
    if (known) {
      if (known.request !== request) throw invalid("Idempotent parameters do not match");
      return { QueryExecutionId: known.execution.id };
    }

    const id = randomUUID();
    const { bucket, key } = s3Location(folder.endsWith("/") ? folder : `${folder}/`);
    call.authorize("s3:PutObject", athena.arns.bucket(`${bucket}/${key}${id}.csv`));
    const context = isRecord(input.QueryExecutionContext) ? input.QueryExecutionContext : {};
    const execution: Execution = {
      id,
      sql,
      parameters,
      workgroup,
      database: (optionalText(context, "Database") ?? "default").toLowerCase(),
      output: `s3://${bucket}/${key}${id}.csv`,
      isUnload: /^\s*UNLOAD\b/i.test(sql),
      state: "QUEUED",
      submittedAt: athena.now(),
      scannedBytes: 0,
      columns: [],
    };
    athena.executions.add(execution, token, request);
    athena.running.set(id, new AbortController());
    athena.queue(() => executeQuery(athena, execution, call));
    return { QueryExecutionId: id };
  };
