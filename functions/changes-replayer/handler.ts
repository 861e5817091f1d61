import { wait } from "#common/async/wait.ts";
import { sendMessage } from "#common/aws/sqs.ts";
import { ReplayMessageSchema } from "#common/changes/replay/replay-message.schema.ts";
import { replayTable } from "#common/changes/replay/replay-table.ts";
import { changesBucket } from "#common/changes/stream/changes-bucket.ts";
import { changesBus } from "#common/changes/stream/changes-bus.ts";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { gatedFiles } from "#common/changes/stream/gated-files.ts";
import { makePublisher } from "#common/changes/stream/publisher.ts";
import { CHANGES_SETTINGS } from "#common/changes/stream/settings.ts";
import { readConfig, text } from "#common/config/config.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { makeReplayChanges } from "./replay-changes.ts";

const config = readConfig({
  ...CHANGES_SETTINGS,
  CHANGES_REPLAYS_QUEUE_URL: text(),
  CHANGES_REPLAYS_DEAD_QUEUE_URL: text(),
});

const now = Date.now;
const table = dynamodbTable(config.CHANGES_TABLE);
const bucket = changesBucket(config.CHANGES_BUCKET);
const users = changesTable(table, now);
const publisher = makePublisher({
  put: changesBus(config.BUSINESS_EVENT_SINK ?? config.BUS_NAME),
  sleep: wait,
  random: Math.random,
});

const replayChanges = makeReplayChanges({
  replays: replayTable(table),
  listObjects: bucket.listObjects,
  findUser: users.find,
  withFiles: gatedFiles(bucket.readFile, publisher),
  keepClaim: async (user, claim) => {
    await bucket.putClaim(claim);
    await users.addClaim(user, claim);
  },
  publish: ({ entry }) => publisher.publish(entry),
  publisher,
  again: (message) => sendMessage(config.CHANGES_REPLAYS_QUEUE_URL, { body: JSON.stringify(message) }),
  organization: config.CHANGES_ORGANIZATION,
  envelopes: {
    source: config.BUSINESS_EVENT_SOURCE,
    bytesMax: Number(config.BUS_ENTRY_BYTES),
    bucket: config.CHANGES_BUCKET,
  },
  now,
  sleep: wait,
});

export const handler = queueHandler({
  message: ReplayMessageSchema,
  deadQueueUrl: config.CHANGES_REPLAYS_DEAD_QUEUE_URL,
  action: async (messages) => {
    // The manifest asks for one at a time.
    for (const { body } of messages) {
      note({ organizationId: body.organizationId });
      await replayChanges(body);
    }
    return [];
  },
});
