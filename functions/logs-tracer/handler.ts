import { readConfig, text } from "#common/config/config.ts";
import { AppError } from "#common/errors/app-error.ts";
import { makeAudited } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { ok } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import { fileOfLake } from "#common/logs/trace/lake-file-bucket.ts";
import { makeReadTrace } from "#common/logs/trace/read-trace.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makePresentTrace } from "./present-trace.ts";

const config = readConfig({ LOGS_TABLE: text(), LAKE_BUCKET: text(), EVENTS_AUDIT_QUEUE_URL: text() });

const presentTrace = makePresentTrace({
  readTrace: makeReadTrace({
    table: dynamodbTable(config.LOGS_TABLE),
    getFile: fileOfLake(config.LAKE_BUCKET),
    now: Date.now,
  }),
  now: Date.now,
});
const audited = makeAudited({ send: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send });

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /logs/traces/{transactionId}": async (request) => {
      const { transactionId } = request.params;
      const message = givenIdFault(transactionId);
      if (message) {
        throw new AppError("INPUT_INVALID", { errors: [{ in: "path", path: "/transactionId", message }] });
      }
      const { body, customers } = await presentTrace(request.caller, transactionId);
      if (customers.length === 0) return ok(body);
      // Stored events are shown once it is recorded who reads them.
      return audited(() => Object.assign(async () => ok(body), { about: customers }))(request);
    },
  },
});
