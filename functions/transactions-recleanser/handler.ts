import { sendMessage } from "#common/aws/sqs.ts";
import { vendorUrl } from "#common/cleansing/vendor/settings.ts";
import { readConfig, text } from "#common/config/config.ts";
import { ok } from "#common/http/answers.ts";
import { JOB_RETRY_AFTER_SECONDS } from "#common/jobs/job.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { recleansingJob } from "#common/transactions/cleansing/recleanse.ts";
import { makeRecleansings } from "#common/transactions/cleansing/recleansings.ts";
import { checkedRequest } from "./check.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };

const config = readConfig({
  TRANSACTIONS_TABLE: text(),
  JOBS_TABLE: text(),
  TRANSACTIONS_CLEANSINGS_QUEUE_URL: text(),
  CLEANSER_URL: vendorUrl(),
});

const hasVendor = config.CLEANSER_URL !== undefined;
const recleansings = makeRecleansings({
  table: dynamodbTable(config.TRANSACTIONS_TABLE),
  jobs: jobsOf(dynamodbTable(config.JOBS_TABLE), recleansingJob),
  send: (message) => sendMessage(config.TRANSACTIONS_CLEANSINGS_QUEUE_URL, { body: JSON.stringify(message) }),
  now: Date.now,
});

const RETRY_AFTER = { "retry-after": String(JOB_RETRY_AFTER_SECONDS) };

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "POST /cleansings": async ({ caller, body, attempt }) => {
      const started = await recleansings.start(caller, checkedRequest(body, hasVendor), attempt);
      const headers = { location: `/cleansings/${started.id}`, ...RETRY_AFTER };
      return { status: 202, body: started, headers };
    },
    "GET /cleansings/{id}": async ({ caller, params }) => {
      const cleansing = await recleansings.read(caller, params.id);
      return { ...ok(cleansing), ...(cleansing.status === "running" ? { headers: RETRY_AFTER } : {}) };
    },
  },
});
