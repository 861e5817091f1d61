import type { Operation } from "../port/service.ts";
import type { AthenaContext } from "./context.ts";

/** Athena's categories: 1 is the system's fault, 2 the user's. */
const errorOf = (reason: string) => {
  const isSystem = /stopped|exhausted/.test(reason);
  return {
    ErrorCategory: isSystem ? 1 : 2,
    ErrorType: isSystem ? 3 : 1006,
    Retryable: isSystem,
    ErrorMessage: reason,
  };
};

export const getQueryExecution =
  (athena: AthenaContext): Operation =>
  (input, call) => {
    const one = athena.find(input, call, "GetQueryExecution");
    const started = one.startedAt ?? one.submittedAt;
    const ended = one.endedAt ?? athena.now();
    return {
      QueryExecution: {
        QueryExecutionId: one.id,
        Query: one.sql,
        StatementType: "DML",
        WorkGroup: one.workgroup,
        ExecutionParameters: one.parameters,
        QueryExecutionContext: { Database: one.database },
        ResultConfiguration: { OutputLocation: one.output },
        Status: {
          State: one.state,
          SubmissionDateTime: one.submittedAt / 1000,
          ...(one.endedAt === undefined ? {} : { CompletionDateTime: one.endedAt / 1000 }),
          ...(one.reason === undefined
            ? {}
            : { StateChangeReason: one.reason, AthenaError: errorOf(one.reason) }),
        },
        Statistics: {
          DataScannedInBytes: one.scannedBytes,
          EngineExecutionTimeInMillis: one.startedAt === undefined ? 0 : ended - started,
          QueryQueueTimeInMillis: started - one.submittedAt,
          TotalExecutionTimeInMillis: ended - one.submittedAt,
        },
      },
    };
  };
