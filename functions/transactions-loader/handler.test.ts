import { describe, expect, it } from "vitest";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { receiptKey } from "#common/imports/import-keys.ts";
import { importQueues } from "#common/imports/import-queue.ts";
import { makeChunker } from "#common/imports/imports.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { draw, putLine } from "#common/imports/line.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { transactionKind } from "#common/transactions/loading/kind.ts";
import { startFunction } from "#local/testing/start-function.ts";

const loader = await startFunction("transactions-loader", { DEFAULT_CURRENCY: "EUR" });
const table = dynamodbTable("millrace-local-imports");
const ledger = openLedger(table);
const bucket = deliveryBucket("millrace-local-delivery");

let files = 0;
/** Registers a file and cuts it, as the chunker does; answers the message of its one chunk. */
const cut = async (organizationId: string, rows: readonly string[], { dryRun = false } = {}) => {
  files += 1;
  const key = `transactions/${organizationId}/file-${files}.csv`;
  const text = `accountId,transactionId,postedAt,amount,description,type\n${rows.join("\n")}\n`;
  await bucket.put(key, Buffer.from(text), "text/csv");
  const none = importQueues({});
  const queues = { ...none, chunk: async () => {}, file: async () => {}, revert: async () => {} };
  const kind = transactionKind("EUR");
  const chunker = makeChunker({ table, bucket, queues, publish: async () => {}, now: Date.now }, kind);
  const arrival = { key, versionId: "null", bytes: text.length, timeMs: Date.UTC(2026, 0, 1) + files };
  const { importId } = await chunker.registerDelivery(kind, organizationId, arrival, { dryRun });
  await chunker.chunkImport(importId, 0);
  return { importId, chunk: 0 };
};

const transactionsOf = async (organizationId: string) =>
  (await loader.rows("transactions")).filter(
    ({ pk, sk }) => pk.startsWith(`${organizationId}#account#`) && sk.startsWith("transaction#"),
  );

const ROWS = [
  "A1,T1,2026-03-01,-4.50,Coffee,debit",
  "A1,T2,2026-03-02,10,Pay,credit",
  "A2,T3,2026-03-02,1,x,credit",
];

describe("a chunk", () => {
  it("becomes rows, counts and events, and the last chunk ends the import", async () => {
    const message = await cut("loaded", ROWS);

    expect(await loader.deliver(message)).toEqual([]);

    expect(await transactionsOf("loaded")).toHaveLength(3);
    expect(await ledger.read(message.importId)).toMatchObject({
      phase: "completed",
      announced: true,
      counts: { rows: 3, accepted: 3, rejected: 0, added: 3, changed: 0, unchanged: 0 },
    });
    const names = loader.published().map((event) => event["detail-type"]);
    expect(names.toSorted()).toEqual([
      "account_transactionadded",
      "account_transactionadded",
      "import_completed",
    ]);
    const report = JSON.parse(
      await loader.file("delivery", `reports/transactions/loaded/${message.importId}.json`),
    );
    expect(report).toMatchObject({ id: message.importId, status: "completed", rows: 3, rejects: [] });
  });

  it("loads once however often its message comes", async () => {
    const message = await cut("repeated", ROWS);
    await loader.deliver(message);
    const before = await transactionsOf("repeated");

    expect(await loader.deliver(message, message)).toEqual([]);

    expect(await transactionsOf("repeated")).toEqual(before);
    expect((await ledger.readProgress(message.importId)).chunksDone).toBe(1);
  });

  it("of a file that says the same again changes nothing and is no event of an account", async () => {
    await loader.deliver(await cut("again", ROWS));
    const before = await transactionsOf("again");
    loader.port.notified.events.length = 0;
    const message = await cut("again", ROWS);

    await loader.deliver(message);

    expect(await ledger.read(message.importId)).toMatchObject({
      counts: { added: 0, changed: 0, unchanged: 3 },
    });
    expect(await transactionsOf("again")).toEqual(before);
    expect(loader.published().map((event) => event["detail-type"])).toEqual(["import_completed"]);
  });

  it("of a dry run writes no row, and says by row what it would do", async () => {
    const message = await cut("rehearsed", ROWS, { dryRun: true });

    expect(await loader.deliver(message)).toEqual([]);

    expect((await loader.rows("transactions")).filter(({ pk }) => pk.startsWith("rehearsed#"))).toEqual([]);
    expect(await ledger.read(message.importId)).toMatchObject({ phase: "completed", counts: { added: 3 } });
    const state = await ledger.chunk(message.importId, 0);
    const lines = (await loader.file("delivery", state?.differences ?? "")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { line: 2, accountId: "A1", transactionId: "T1", verdict: "added" },
      { line: 3, transactionId: "T2" },
      { line: 4, accountId: "A2" },
    ]);
  });

  it("waits while an older take-back is in the line, and burns no try", async () => {
    const line = await ledger.readLine("waiting", "transactions");
    await table.transact([putLine(draw(line, "another", "takeBack").line)]);
    const message = await cut("waiting", ROWS);

    expect(await loader.deliver(message)).toEqual([]);

    expect(await transactionsOf("waiting")).toEqual([]);
    expect(loader.port.queues.depth("millrace-local-transactions-chunks").delayed).toBeGreaterThan(0);
  });

  it("of an import that is taken back loads nothing", async () => {
    const message = await cut("stopped", ROWS);
    const item = { chunk: 0, batch: 0, round: 0 };
    const key = receiptKey(message.importId, 0, 0, 0);
    await table.putAll([{ ...key, version: 1, state: "void", data: JSON.stringify(item) }]);

    expect(await loader.deliver(message)).toEqual([]);

    expect(await transactionsOf("stopped")).toEqual([]);
    expect(await ledger.chunk(message.importId, 0)).toMatchObject({ state: "open" });
  });
});

describe("cleansing", () => {
  const shop = [
    "A1,T1,2026-03-01,-9.99,NETFLIX.COM LOS GATOS,debit",
    "A2,T2,2026-03-01,-1,NO SUCH SHOP,debit",
  ];

  it("is done by the rules before a row is first written", async () => {
    await loader.deliver(await cut("ruled", shop));

    const [known, unknown] = (await transactionsOf("ruled")).toSorted((one, other) =>
      one.sk < other.sk ? -1 : 1,
    );
    expect(JSON.parse(String(known?.rules))).toMatchObject({
      merchant: "Netflix",
      category: "Entertainment",
    });
    expect(unknown).not.toHaveProperty("rules");
    expect(await loader.sent("transactions-cleansings")).toEqual([]);
  });

  it("asks the vendor, where one is set, about all that a chunk says something of", async () => {
    await loader.restart({ DEFAULT_CURRENCY: "EUR", CLEANSER_URL: "https://vendor.example" });
    await loader.deliver(await cut("asked", shop));
    const first = await loader.sent("transactions-cleansings");
    await loader.deliver(await cut("asked", shop));
    const unchanged = await loader.sent("transactions-cleansings");
    loader.refuse("sqs:SendMessage");
    const refused = await loader.deliver(await cut("asked", [String(shop[0]).replace("NETFLIX", "HULU")]));
    await loader.restart();

    const rows = [
      { accountId: "A1", transactionId: "T1" },
      { accountId: "A2", transactionId: "T2" },
    ];
    expect(first).toEqual([{ organizationId: "asked", rows }]);
    expect(unchanged).toEqual([]);
    expect(refused).toEqual(["message-0"]);
  });
});

describe("none failed, nothing done", () => {
  it("is what a message of an import that is not there comes to", async () => {
    const importId = "01890000-0000-7000-8000-00000000000f";

    expect(await loader.deliver({ importId, chunk: 0 })).toEqual([]);
    expect(await loader.deadLetters()).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it.each([
    ["{", "MESSAGE_NOT_JSON"],
    ['{"importId":"x","chunk":0}', "MESSAGE_INVALID"],
  ])("is what the message %s comes to", async (body, code) => {
    expect(await loader.deliver(body)).toEqual([]);
    expect(await loader.deadLetters()).toEqual([{ body, code }]);
  });
});

describe("failed", () => {
  it("sends the message back when the table refuses the rows, and none of them is there", async () => {
    const message = await cut("refused", ROWS);
    loader.refuse("dynamodb:PutItem");

    expect(await loader.deliver(message)).toEqual(["message-0"]);
    expect(await transactionsOf("refused")).toEqual([]);
  });
});
