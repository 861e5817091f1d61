import { readConfig, text } from "#common/config/config.ts";
import { scheduleHandler } from "#common/middleware/schedule.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { makeNightly } from "#common/transactions/folding/nightly.ts";

const config = readConfig({ TRANSACTIONS_TABLE: text(), TRANSACTIONS_FOLDER_DEAD_QUEUE_URL: text() });

/** Less than the function may take: what it does for a last batch of accounts has to fit. */
const WORKING_MS = 13 * 60_000;

const table = dynamodbTable(config.TRANSACTIONS_TABLE);

export const handler = scheduleHandler({
  deadQueueUrl: config.TRANSACTIONS_FOLDER_DEAD_QUEUE_URL,
  action: async (scheduledAt) => {
    const until = Date.now() + WORKING_MS;
    const nightly = makeNightly({ table, isLate: () => Date.now() > until });
    const { accounts } = await nightly(scheduledAt);
    note({ items: accounts });
  },
});
