import { readConfig, text } from "#common/config/config.ts";
import { compactDay } from "#common/logs/compaction/compact-day.ts";
import { dayBucket } from "#common/logs/compaction/day-bucket.ts";
import { dayEngine } from "#common/logs/compaction/day-engine.ts";
import { dayStates } from "#common/logs/compaction/day-states.ts";
import { findDays } from "#common/logs/compaction/find-days.ts";
import { lakeDays } from "#common/logs/compaction/lake-days-bucket.ts";
import { athenaEngines } from "#common/logs/query/lake-athena.ts";
import { scheduleHandler } from "#common/middleware/schedule.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { log } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { compactDays } from "./compact-days.ts";

const config = readConfig({
  ENVIRONMENT: text(),
  LOGS_TABLE: text(),
  LAKE_BUCKET: text(),
  LOGS_COMPACTION_READER_ROLE_ARN: text(),
  LOGS_COMPACTOR_DEAD_QUEUE_URL: text(),
});

/** Of the 15 minutes that the function has, the last are left to the days that were begun. */
const WORKING_TIME = 10 * 60_000;

const place = { environment: config.ENVIRONMENT, bucket: config.LAKE_BUCKET };
const clock = Date.now;
const states = dayStates(dynamodbTable(config.LOGS_TABLE));
const lake = lakeDays(config.LAKE_BUCKET, config.ENVIRONMENT);
const engines = athenaEngines({
  ...place,
  roleArn: config.LOGS_COMPACTION_READER_ROLE_ARN,
  workgroup: "logs-compaction",
});
const deps = {
  states,
  objects: dayBucket(config.LAKE_BUCKET, config.ENVIRONMENT),
  engine: dayEngine(place, engines),
  clock,
};

export const handler = scheduleHandler({
  deadQueueUrl: config.LOGS_COMPACTOR_DEAD_QUEUE_URL,
  action: async () => {
    const {
      failed,
      left,
      disagreed = 0,
      overtaken = 0,
      ...done
    } = await compactDays(
      {
        findDays: () => findDays({ lake, states, clock }),
        compactDay: (day) => compactDay(deps, day),
        failed: ({ organizationId, logType, day }, error) =>
          log("error", "a day was not compacted", {
            organizationId,
            resourceName: `${logType} ${day}`,
            error: error instanceof Error ? error : { name: "Error", message: String(error) },
          }),
        clock,
      },
      clock() + WORKING_TIME,
    );
    const unsettled = failed + left + disagreed;
    if (unsettled > 0) count("WorkLeft", unsettled);
    if (disagreed > 0) log("error", "generations did not hold what the raw objects do", { items: disagreed });
    const items = Object.values(done).reduce((sum, number) => sum + number, overtaken);
    note({ items, failed: unsettled });
  },
});
