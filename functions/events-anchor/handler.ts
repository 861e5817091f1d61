import { readConfig, text } from "#common/config/config.ts";
import { makeAnchorHeads } from "#common/events/anchors/anchor.ts";
import { bucketAnchors } from "#common/events/anchors/anchor-bucket.ts";
import { readHeads } from "#common/events/anchors/heads.ts";
import { listOrganizations } from "#common/events/append/organizations.ts";
import { scheduleHandler } from "#common/middleware/schedule.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { log } from "#common/telemetry/log.ts";

const config = readConfig({
  EVENTS_TABLE: text(),
  LAKE_BUCKET: text(),
  EVENTS_ANCHOR_DEAD_QUEUE_URL: text(),
});

const store = dynamodbTable(config.EVENTS_TABLE);
const anchorHeads = makeAnchorHeads({
  organizations: () => listOrganizations(store),
  heads: (organizationId) => readHeads(store, organizationId),
  anchors: bucketAnchors(config.LAKE_BUCKET),
});

export const handler = scheduleHandler({
  deadQueueUrl: config.EVENTS_ANCHOR_DEAD_QUEUE_URL,
  action: async (scheduledAt) => {
    const { heads, behind, written, key } = await anchorHeads(scheduledAt);
    if (behind > 0) log("error", "chains are behind their last anchor", { items: behind, resourceName: key });
    note({ items: heads, resourceName: key, repeated: !written });
  },
});
