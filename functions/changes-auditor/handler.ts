import { wait } from "#common/async/wait.ts";
import { sendMessages } from "#common/aws/sqs.ts";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { ringFor } from "#common/changes/stream/doorbells.ts";
import { newestVersions } from "#common/changes/stream/newest-bucket.ts";
import { optional, readConfig, text, textThat } from "#common/config/config.ts";
import { AppError } from "#common/errors/app-error.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { scheduleHandler } from "#common/middleware/schedule.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { log } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { makeAuditChanges } from "./audit-changes.ts";

const config = readConfig({
  CHANGES_TABLE: text(),
  CHANGES_BUCKET: text(),
  CHANGES_QUEUE_URL: text(),
  CHANGES_AUDITOR_DEAD_QUEUE_URL: text(),
  CHANGES_ORGANIZATION: optional(textThat(isOrganizationId, "an organization's id")),
});

const auditChanges = makeAuditChanges({
  listNewest: () => newestVersions(config.CHANGES_BUCKET),
  findUser: changesTable(dynamodbTable(config.CHANGES_TABLE), Date.now).find,
  ring: async (keys) => {
    const [refused] = await sendMessages(
      config.CHANGES_QUEUE_URL,
      keys.map((key) => ({ body: ringFor(key) })),
    );
    if (refused)
      throw new AppError("DEPENDENCY_FAILED", { internal: `a doorbell was refused: ${refused.code}` });
  },
  onDifference: (key, reason) => {
    count("ChangesDifferences");
    log("error", "user differs", { resourceName: key, reason });
  },
  organization: config.CHANGES_ORGANIZATION,
  now: Date.now,
  sleep: wait,
});

export const handler = scheduleHandler({
  deadQueueUrl: config.CHANGES_AUDITOR_DEAD_QUEUE_URL,
  action: async () => {
    const { users, differences } = await auditChanges();
    note({ items: users, failed: differences });
  },
});
