import { publishEvents } from "#common/bus/publish.ts";
import { vendorUrl } from "#common/cleansing/vendor/settings.ts";
import { readConfig, text } from "#common/config/config.ts";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { publishImports } from "#common/imports/import-bus.ts";
import { isInImports } from "#common/imports/import-keys.ts";
import { RevertMessageSchema } from "#common/imports/import-message.schema.ts";
import { importQueues } from "#common/imports/import-queue.ts";
import { makeReverter } from "#common/imports/imports.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { joinedTables } from "#common/table/joined-tables.ts";
import { note } from "#common/telemetry/line.ts";
import { publishAccountEvents } from "#common/transactions/announcing/publish-events.ts";
import { transactionImports } from "#common/transactions/loading/transaction-imports.ts";
import { makeRegisterOrganization } from "#common/transactions/organizations.ts";

const config = readConfig({
  IMPORTS_TABLE: text(),
  TRANSACTIONS_TABLE: text(),
  TRANSACTIONS_REVERTS_QUEUE_URL: text(),
  TRANSACTIONS_REVERTS_DEAD_QUEUE_URL: text(),
  DELIVERY_BUCKET: text(),
  BUS_NAME: text(),
  DEFAULT_CURRENCY: text(),
  CLEANSER_URL: vendorUrl(),
});

const transactions = dynamodbTable(config.TRANSACTIONS_TABLE);
const revertImport = makeReverter(
  {
    // Receipts stand in one table and rows in the other, and are written in one transaction.
    table: joinedTables(config.IMPORTS_TABLE, config.TRANSACTIONS_TABLE, isInImports),
    bucket: deliveryBucket(config.DELIVERY_BUCKET),
    queues: importQueues({ reverts: config.TRANSACTIONS_REVERTS_QUEUE_URL }),
    publish: publishImports(config.BUS_NAME),
    now: Date.now,
  },
  transactionImports({
    table: transactions,
    now: Date.now,
    asksVendor: config.CLEANSER_URL !== undefined,
    register: makeRegisterOrganization(transactions),
    defaultCurrency: config.DEFAULT_CURRENCY,
    publish: publishAccountEvents((name, details) =>
      publishEvents(config.BUS_NAME, { service: "transactions", name }, details),
    ),
  }),
);

export const handler = queueHandler({
  message: RevertMessageSchema,
  deadQueueUrl: config.TRANSACTIONS_REVERTS_DEAD_QUEUE_URL,
  action: async (messages) => {
    // The manifest asks for one at a time.
    for (const { body, transactionId } of messages) {
      if (transactionId !== undefined) note({ transactionId });
      await revertImport(body);
    }
    return [];
  },
});
