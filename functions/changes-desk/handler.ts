import { sendMessage } from "#common/aws/sqs.ts";
import { replayTable } from "#common/changes/replay/replay-table.ts";
import { changesBucket } from "#common/changes/stream/changes-bucket.ts";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { readConfig, text } from "#common/config/config.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { presignedUrl } from "#common/files/presigned.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeAuditReplay } from "./audit-replay.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makeOrderReplays } from "./order-replays.ts";
import { makeShowChanges } from "./show-changes.ts";

const config = readConfig({
  CHANGES_TABLE: text(),
  CHANGES_BUCKET: text(),
  CHANGES_REPLAYS_QUEUE_URL: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  CURSORS_KEY_ID: text(),
});

const table = dynamodbTable(config.CHANGES_TABLE);
const users = changesTable(table, Date.now);
const bucket = changesBucket(config.CHANGES_BUCKET);
const show = makeShowChanges({
  findUser: users.find,
  findClaim: users.findClaim,
  exists: bucket.exists,
  link: (key, expiresInSeconds) => presignedUrl(config.CHANGES_BUCKET, { key, expiresInSeconds }),
});
const order = makeOrderReplays({
  replays: replayTable(table),
  send: (message) => sendMessage(config.CHANGES_REPLAYS_QUEUE_URL, { body: JSON.stringify(message) }),
  audit: makeAuditReplay(eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send),
  cursors: kmsCursors(config.CURSORS_KEY_ID),
  now: Date.now,
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /changes/users/{userId}": ({ caller, params }) => show.user(caller, params.userId),
    "POST /changes/replays": (request) => order.start(request.body, request),
    "GET /changes/replays": ({ caller, query }) => order.list(caller, query),
    "GET /changes/replays/{id}": ({ caller, params }) => order.one(caller, params.id),
    "DELETE /changes/replays/{id}": (request) => order.cancel(request.params.id, request),
    "GET /changes/claims/{eventId}": ({ caller, params }) => show.claim(caller, params.eventId),
  },
});
