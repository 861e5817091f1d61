import { readConfig, text } from "#common/config/config.ts";
import { importQueues } from "#common/imports/import-queue.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { makeStopImport } from "#common/imports/stop-import.ts";
import { makeWatchImports } from "#common/imports/watch-imports.ts";
import { scheduleHandler } from "#common/middleware/schedule.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { log } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";

const config = readConfig({
  IMPORTS_TABLE: text(),
  TRANSACTIONS_REVERTS_QUEUE_URL: text(),
  IMPORTS_WATCHER_DEAD_QUEUE_URL: text(),
});

const table = dynamodbTable(config.IMPORTS_TABLE);
const ledger = openLedger(table);
const transactions = importQueues({ reverts: config.TRANSACTIONS_REVERTS_QUEUE_URL });
const watchImports = makeWatchImports({
  table,
  ledger,
  now: Date.now,
  stopImport: makeStopImport({ ledger, now: Date.now }),
  // Transactions are the only service that registers.
  queuesOf: () => transactions,
  onStuck: ({ importId, organizationId, phase }) => {
    count("ImportsStuck");
    log("error", "import does not move", { organizationId, resourceName: importId, reason: phase });
  },
});

export const handler = scheduleHandler({
  deadQueueUrl: config.IMPORTS_WATCHER_DEAD_QUEUE_URL,
  action: async () => {
    const { open } = await watchImports();
    note({ items: open });
  },
});
