import { wait } from "#common/async/wait.ts";
import { sendMessages } from "#common/aws/sqs.ts";
import { changesBucket } from "#common/changes/stream/changes-bucket.ts";
import { changesBus } from "#common/changes/stream/changes-bus.ts";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { DoorbellMessageSchema } from "#common/changes/stream/doorbell.schema.ts";
import { gatedFiles } from "#common/changes/stream/gated-files.ts";
import { listVersions } from "#common/changes/stream/list-versions.ts";
import { makePublisher } from "#common/changes/stream/publisher.ts";
import { CHANGES_SETTINGS } from "#common/changes/stream/settings.ts";
import { makeStreamUser } from "#common/changes/stream/stream-user.ts";
import { readConfig, text } from "#common/config/config.ts";
import { AppError } from "#common/errors/app-error.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { deadLetter } from "#common/middleware/dead-letters.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { count, measure } from "#common/telemetry/metrics.ts";
import { makeKeepBad } from "./keep-bad.ts";
import { makeStreamChanges } from "./stream-changes.ts";

const config = readConfig({
  ...CHANGES_SETTINGS,
  CHANGES_DEAD_QUEUE_URL: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
});

const now = Date.now;
const bucket = changesBucket(config.CHANGES_BUCKET);
const table = changesTable(dynamodbTable(config.CHANGES_TABLE), now);
const publisher = makePublisher({
  put: changesBus(config.BUSINESS_EVENT_SINK ?? config.BUS_NAME),
  sleep: wait,
  random: Math.random,
});
const withFiles = gatedFiles(bucket.readFile, publisher);

const keepBad = makeKeepBad({
  keepDead: async (body, error) => {
    const [refused] = await sendMessages(config.CHANGES_DEAD_QUEUE_URL, [deadLetter(body, error, {})]);
    if (refused)
      throw new AppError("DEPENDENCY_FAILED", { internal: `a dead letter was refused: ${refused.code}` });
    count("ChangesBlocked");
    count("MessagesRejected");
  },
  audit: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send,
  now,
});

const stream: Parameters<typeof makeStreamChanges>[0]["stream"] = (user, sequencers) =>
  withFiles((readFile) => {
    const streamUser = makeStreamUser({
      list: (key, until) => listVersions(bucket.readPage, key, until),
      readFile,
      rows: table,
      keepClaim: async (owner, claim) => {
        await bucket.putClaim(claim);
        await table.addClaim(owner, claim);
        count("ChangesClaims");
      },
      publish: ({ entry }) => publisher.publish(entry),
      keepBad,
      onGap: () => count("ChangesGaps"),
      now,
      envelopes: {
        source: config.BUSINESS_EVENT_SOURCE,
        bytesMax: Number(config.BUS_ENTRY_BYTES),
        bucket: config.CHANGES_BUCKET,
      },
    });
    return streamUser(user, sequencers);
  });

const streamChanges = makeStreamChanges({
  organization: config.CHANGES_ORGANIZATION,
  stream,
  publisher,
  onDone: ({ news, stale, others, events, delaysMs }) => {
    note({ items: events });
    if (news > 0) count("ChangesNews", news);
    if (stale > 0) count("ChangesStale", stale);
    if (others > 0) count("ChangesIgnored", others);
    for (const delayMs of delaysMs) measure("ChangesDelay", delayMs);
  },
  now,
});

export const handler = queueHandler({
  message: DoorbellMessageSchema,
  deadQueueUrl: config.CHANGES_DEAD_QUEUE_URL,
  action: streamChanges,
});
