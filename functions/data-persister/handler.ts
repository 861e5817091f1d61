import { readConfig, text } from "#common/config/config.ts";
import { RecordMessageSchema } from "#common/data/record-message.schema.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { makePersistRecords } from "./persist-records.ts";
import { recordTable } from "./record-table.ts";

const config = readConfig({ RECORDS_TABLE: text(), RECORDS_DEAD_QUEUE_URL: text() });

export const handler = queueHandler({
  message: RecordMessageSchema,
  deadQueueUrl: config.RECORDS_DEAD_QUEUE_URL,
  action: makePersistRecords({ put: recordTable(config.RECORDS_TABLE) }),
});
