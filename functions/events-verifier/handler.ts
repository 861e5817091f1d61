import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { bucketAnchors } from "#common/events/anchors/anchor-bucket.ts";
import { lastAnchorOf } from "#common/events/anchors/last-anchor.ts";
import { makeAudited } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { verificationJob } from "#common/events/verify/verify-history.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makeVerifyEvents } from "./verify-events.ts";

const config = readConfig({
  EVENTS_TABLE: text(),
  JOBS_TABLE: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  EVENTS_JOBS_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

const store = dynamodbTable(config.EVENTS_TABLE);
const audited = makeAudited(eventQueue(config.EVENTS_AUDIT_QUEUE_URL));
const verifyEvents = makeVerifyEvents({
  store,
  anchorOf: lastAnchorOf(bucketAnchors(config.LAKE_BUCKET)),
  jobs: jobsOf(dynamodbTable(config.JOBS_TABLE), verificationJob),
  send: (message) => sendMessage(config.EVENTS_JOBS_QUEUE_URL, { body: JSON.stringify(message) }),
  now: Date.now,
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /events/verify": audited(
      ({ caller, attempt }) =>
        () =>
          verifyEvents.verify(caller, attempt),
    ),
    // Asking for one's own job is no read, and not recorded.
    "GET /events/verifications/{id}": ({ caller, params: { id } }) => verifyEvents.status(caller, id),
  },
});
