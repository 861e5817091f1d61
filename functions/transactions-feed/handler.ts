import { readConfig, text } from "#common/config/config.ts";
import { ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { CURSOR_MS, makeSync } from "#common/transactions/sync/sync.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };

const config = readConfig({ TRANSACTIONS_TABLE: text(), CURSORS_KEY_ID: text() });

const sync = makeSync({
  table: dynamodbTable(config.TRANSACTIONS_TABLE),
  cursors: kmsCursors(config.CURSORS_KEY_ID, { validMs: CURSOR_MS }),
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /transactions/sync": async ({ caller: { organizationId, userId }, query: { cursor, limit } }) =>
      ok(await sync({ organizationId, userId, cursor, limit })),
  },
});
