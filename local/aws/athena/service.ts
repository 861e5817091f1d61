import type { Operation, OperationService } from "../port/service.ts";
import type { AthenaContext } from "./context.ts";
import { getQueryExecution } from "./get-query-execution.ts";
import { getQueryResults } from "./get-query-results.ts";
import { startQueryExecution } from "./start-query-execution.ts";
import { stopQueryExecution } from "./stop-query-execution.ts";

/** Queries over the lake's folders: Athena's dialect, run by DuckDB in a process for each. */
export const makeAthena = (context: AthenaContext): OperationService => {
  const operations: Record<string, Operation> = {
    StartQueryExecution: startQueryExecution(context),
    GetQueryExecution: getQueryExecution(context),
    GetQueryResults: getQueryResults(context),
    StopQueryExecution: stopQueryExecution(context),
  };
  return {
    kind: "operations",
    name: "athena",
    protocols: ["json"],
    targets: ["AmazonAthena"],
    errorPrefix: "",
    jsonVersion: "1.1",
    inputError: { missing: "InvalidRequestException", invalid: "InvalidRequestException" },
    throttling: { code: "TooManyRequestsException", status: 400 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "",
    operations,
    close: () => context.close(),
  };
};
