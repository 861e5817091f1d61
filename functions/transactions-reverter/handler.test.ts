import { describe, expect, it } from "vitest";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { isInImports } from "#common/imports/import-keys.ts";
import { makeChunker, makeLoader } from "#common/imports/imports.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { joinedTables } from "#common/table/joined-tables.ts";
import { transactionImports } from "#common/transactions/loading/transaction-imports.ts";
import { startFunction } from "#local/testing/start-function.ts";

const reverter = await startFunction("transactions-reverter", { DEFAULT_CURRENCY: "EUR" });
const TABLES = ["millrace-local-imports", "millrace-local-transactions"] as const;
const table = joinedTables(...TABLES, isInImports);
const ledger = openLedger(table);
const bucket = deliveryBucket("millrace-local-delivery");

let files = 0;
/** Imports a file as chunker and loader do; with `load: false` its chunk stays open. */
const importFile = async (organizationId: string, rows: readonly string[], { load = true } = {}) => {
  files += 1;
  const key = `transactions/${organizationId}/file-${files}.csv`;
  const text = `accountId,transactionId,postedAt,amount,description,type\n${rows.join("\n")}\n`;
  await bucket.put(key, Buffer.from(text), "text/csv");
  const nothing = async () => {};
  const queues = { chunk: nothing, file: nothing, revert: nothing };
  const deps = { table, bucket, queues, publish: nothing, now: Date.now };
  const service = transactionImports({
    table: dynamodbTable(TABLES[1]),
    now: Date.now,
    register: nothing,
    defaultCurrency: "EUR",
    publish: nothing,
  });
  const chunker = makeChunker(deps, service.kind);
  const arrival = { key, versionId: "null", bytes: text.length, timeMs: Date.UTC(2026, 0, 1) + files };
  const { importId } = await chunker.registerDelivery(service.kind, organizationId, arrival);
  await chunker.chunkImport(importId, 0);
  if (load) await makeLoader(deps, service)(importId, 0);
  return importId;
};

const shown = async (organizationId: string) =>
  (await reverter.rows("transactions"))
    .filter(({ pk, sk }) => pk.startsWith(`${organizationId}#account#`) && sk.startsWith("transaction#"))
    .map(({ sk }) => sk.slice("transaction#".length))
    .toSorted();

const T1 = "A1,T1,2026-03-01,-4.50,Coffee,debit";
const T2 = "A1,T2,2026-03-02,10,Pay,credit";

describe("a take-back", () => {
  it("undoes a completed import under a later one that says the same", async () => {
    const first = await importFile("undone", [T1, T2]);
    await importFile("undone", [T2]);

    expect(await reverter.deliver({ importId: first, action: "undo" })).toEqual([]);

    expect(await ledger.read(first)).toMatchObject({
      phase: "undone",
      announced: true,
      undo: { removed: 1, restored: 0, left: 1 },
    });
    expect(await shown("undone")).toEqual(["T2"]);
    expect(reverter.published()).toMatchObject([
      { "detail-type": "import_undone", detail: { importId: first } },
    ]);
    expect((await ledger.readLine("undone", "transactions")).entries).toEqual([]);
  });

  it("does the same when its message comes again", async () => {
    const importId = await importFile("repeated", [T1]);
    await reverter.deliver({ importId, action: "undo" });
    const before = await reverter.rows("transactions");

    expect(await reverter.deliver({ importId, action: "undo" }, { importId })).toEqual([]);

    expect(await reverter.rows("transactions")).toEqual(before);
  });

  it("only says what an undo would do, and the undo then does it", async () => {
    const first = await importFile("rehearsed", [T1, T2]);
    await importFile("rehearsed", [T2]);

    await reverter.deliver({ importId: first, action: "rehearse" });
    const rehearsed = await ledger.read(first);
    expect(await shown("rehearsed")).toEqual(["T1", "T2"]);
    await reverter.deliver({ importId: first, action: "undo" });

    expect(rehearsed).toMatchObject({ phase: "completed", undo: { removed: 1, restored: 0, left: 1 } });
    expect((await ledger.read(first))?.undo).toEqual(rehearsed?.undo);
  });

  it("cancels an import that runs, so that what was not loaded cannot be any more", async () => {
    const importId = await importFile("cancelled", [T1, T2], { load: false });

    expect(await reverter.deliver({ importId, action: "cancel" })).toEqual([]);

    expect(await ledger.read(importId)).toMatchObject({ phase: "cancelled", announced: true });
    expect((await ledger.receipts(importId, 0)).map(({ state }) => state)).toEqual(["void"]);
    expect(await shown("cancelled")).toEqual([]);
    expect(reverter.published()).toMatchObject([{ "detail-type": "import_cancelled" }]);
  });

  it("waits for imports before it, and burns no try", async () => {
    const importId = await importFile("waiting", [T1]);
    await importFile("waiting", [T2], { load: false });

    expect(await reverter.deliver({ importId, action: "undo" })).toEqual([]);

    expect(await ledger.read(importId)).toMatchObject({ phase: "reverting" });
    expect(reverter.port.queues.depth("millrace-local-transactions-reverts").delayed).toBeGreaterThan(0);
  });
});

describe("none failed, nothing done", () => {
  it("is what a message of an import that is not there comes to", async () => {
    const importId = "01890000-0000-7000-8000-00000000000f";

    expect(await reverter.deliver({ importId, action: "undo" })).toEqual([]);
    expect(await reverter.deadLetters()).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it.each([
    ["{", "MESSAGE_NOT_JSON"],
    ['{"importId":"x"}', "MESSAGE_INVALID"],
  ])("is what the message %s comes to", async (body, code) => {
    expect(await reverter.deliver(body)).toEqual([]);
    expect(await reverter.deadLetters()).toEqual([{ body, code }]);
  });
});

describe("failed", () => {
  it("sends the message back when the table refuses, and goes on when it comes again", async () => {
    const importId = await importFile("refused", [T1]);
    reverter.refuse("dynamodb:Query");

    expect(await reverter.deliver({ importId, action: "undo" })).toEqual(["message-0"]);
    expect(await ledger.read(importId)).toMatchObject({ phase: "reverting" });
  });
});
