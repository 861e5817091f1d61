import { readConfig, text } from "#common/config/config.ts";
import { ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makePresentRecords } from "./present-records.ts";
import { recordTable } from "./record-table.ts";

const config = readConfig({ RECORDS_TABLE: text(), CURSORS_KEY_ID: text() });

const presentRecords = makePresentRecords({
  records: recordTable(config.RECORDS_TABLE),
  cursors: kmsCursors(config.CURSORS_KEY_ID),
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /data": ({ caller, query }) => presentRecords.page(caller, query),
    "GET /data/{id}": async ({ caller, params }) => ok(await presentRecords.one(caller, params.id)),
  },
});
