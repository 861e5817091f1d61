import { readConfig, text } from "#common/config/config.ts";
import { TraceMessageSchema } from "#common/logs/trace/trace-message.schema.ts";
import { patientTraceTable } from "#common/logs/trace/trace-table.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { makeWriteTraces } from "./write-traces.ts";

const config = readConfig({ LOGS_TABLE: text(), LOGS_TRACES_DEAD_QUEUE_URL: text() });

export const handler = queueHandler({
  message: TraceMessageSchema,
  deadQueueUrl: config.LOGS_TRACES_DEAD_QUEUE_URL,
  action: makeWriteTraces({ putRows: patientTraceTable(config.LOGS_TABLE) }),
});
