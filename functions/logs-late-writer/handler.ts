import { readConfig, text } from "#common/config/config.ts";
import { newId } from "#common/ids/uuid.ts";
import { dayStates } from "#common/logs/compaction/day-states.ts";
import { lakeBucket } from "#common/logs/lake-bucket.ts";
import { LateLineSchema } from "#common/logs/late/late-line.schema.ts";
import { makeWriteLateLines } from "#common/logs/late/write-late-lines.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";

const config = readConfig({ LOGS_TABLE: text(), LOGS_LATE_DEAD_QUEUE_URL: text(), LAKE_BUCKET: text() });

const writeLateLines = makeWriteLateLines({
  days: dayStates(dynamodbTable(config.LOGS_TABLE)),
  putFile: lakeBucket(config.LAKE_BUCKET),
  newId,
});

export const handler = queueHandler({
  message: LateLineSchema,
  deadQueueUrl: config.LOGS_LATE_DEAD_QUEUE_URL,
  action: async (messages) => {
    const failed = await writeLateLines(messages.map(({ body }) => body));
    return messages.flatMap(({ messageId, body }) =>
      failed.has(body) ? [{ messageId, error: failed.get(body) }] : [],
    );
  },
});
