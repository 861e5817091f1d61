import { getSecret } from "#common/aws/secrets-manager.ts";
import { sendMessage } from "#common/aws/sqs.ts";
import { makeAskAll } from "#common/cleansing/vendor/ask-all.ts";
import { makeAskVendor } from "#common/cleansing/vendor/ask-vendor.ts";
import { makeSecret } from "#common/cleansing/vendor/secret.ts";
import { monthlyMax, vendorUrl } from "#common/cleansing/vendor/settings.ts";
import { makeVendorState } from "#common/cleansing/vendor/vendor-state.ts";
import { optionalText, readConfig, text } from "#common/config/config.ts";
import { newId } from "#common/ids/uuid.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeChangeRows } from "#common/transactions/cleansing/change-rows.ts";
import { makeCleanseRows } from "#common/transactions/cleansing/cleanse-rows.ts";
import { CleansingMessageSchema } from "#common/transactions/cleansing/cleansing-message.schema.ts";
import { rulesOf } from "#common/transactions/rows/rules-of.ts";
import { makeCleanse } from "./cleanse.ts";
import { makeWorkOnRecleansing } from "./work-on-recleansing.ts";

const config = readConfig({
  TRANSACTIONS_TABLE: text(),
  JOBS_TABLE: text(),
  TRANSACTIONS_CLEANSINGS_QUEUE_URL: text(),
  TRANSACTIONS_CLEANSINGS_DEAD_QUEUE_URL: text(),
  CLEANSER_URL: vendorUrl(),
  CLEANSER_SECRET: optionalText(),
  CLEANSER_SECRET_ID: text(),
  CLEANSER_MONTHLY_MAX: monthlyMax(),
});

const now = Date.now;
const table = dynamodbTable(config.TRANSACTIONS_TABLE);
const changeRows = makeChangeRows({ table, now, rulesOf });
const { CLEANSER_URL: url, CLEANSER_SECRET: given } = config;
const askAll =
  url === undefined
    ? undefined
    : makeAskAll({
        ask: makeAskVendor({ url, now }),
        state: makeVendorState(table, now),
        // Given where there is no Secrets Manager, as on a laptop.
        secret: makeSecret(async () => given ?? getSecret(config.CLEANSER_SECRET_ID), now),
        monthlyMax: config.CLEANSER_MONTHLY_MAX,
      });

const again = (message: object, delaySeconds: number): Promise<void> =>
  sendMessage(config.TRANSACTIONS_CLEANSINGS_QUEUE_URL, { body: JSON.stringify(message), delaySeconds });

export const handler = queueHandler({
  message: CleansingMessageSchema,
  deadQueueUrl: config.TRANSACTIONS_CLEANSINGS_DEAD_QUEUE_URL,
  action: makeCleanse({
    ...(askAll === undefined
      ? {}
      : { rows: makeCleanseRows({ table, askAll, changeRows, again, random: Math.random }) }),
    recleanse: makeWorkOnRecleansing({
      table,
      jobs: dynamodbTable(config.JOBS_TABLE),
      ...(askAll === undefined ? {} : { askAll }),
      changeRows,
      rulesOf,
      again,
      now,
      newHolder: newId,
    }),
  }),
});
