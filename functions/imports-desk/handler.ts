import { readConfig, text } from "#common/config/config.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { presignedPut } from "#common/files/presigned-put.ts";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { importQueues } from "#common/imports/import-queue.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { awaitUpload } from "#common/imports/register-import.ts";
import { makeStopImport, makeUndoImport } from "#common/imports/stop-import.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeAudit } from "./audit.ts";
import { makeChangeImports } from "./change-imports.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makeShowImports } from "./show-imports.ts";

const config = readConfig({
  IMPORTS_TABLE: text(),
  TRANSACTIONS_REVERTS_QUEUE_URL: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  DELIVERY_BUCKET: text(),
  CURSORS_KEY_ID: text(),
});

/** By service: how its rows are named in differences. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  transactions: ["accountId", "transactionId"],
};

const now = Date.now;
const table = dynamodbTable(config.IMPORTS_TABLE);
const ledger = openLedger(table);
const bucket = deliveryBucket(config.DELIVERY_BUCKET);
const show = makeShowImports({
  table,
  ledger,
  bucket,
  cursors: kmsCursors(config.CURSORS_KEY_ID),
  now,
  columnsOf: (service) => COLUMNS[service] ?? [],
});
const change = makeChangeImports({
  ledger,
  show,
  services: [
    {
      service: "transactions",
      revert: importQueues({ reverts: config.TRANSACTIONS_REVERTS_QUEUE_URL }).revert,
    },
  ],
  awaitUpload: awaitUpload({ table, ledger, bucket, now }),
  stopImport: makeStopImport({ ledger, now }),
  undoImport: makeUndoImport({ ledger, now }),
  presignPut: (upload) => presignedPut(config.DELIVERY_BUCKET, upload),
  audit: makeAudit(eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send),
  now,
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /imports": ({ caller, query }) => show.page(caller, query),
    "GET /imports/{id}": ({ caller, params }) => show.one(caller, params.id),
    "GET /imports/{id}/rejects": ({ caller, params, query }) =>
      show.rows(caller, params.id, "rejects", query),
    "GET /imports/{id}/changes": ({ caller, params, query }) =>
      show.rows(caller, params.id, "changes", query),
    "POST /imports": (request) => change.announce(request.body, request),
    "DELETE /imports/{id}": (request) => change.end(request.params.id, request.query, request),
  },
});
