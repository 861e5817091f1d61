import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { unpackBatches } from "#common/imports/chunk-file.ts";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { objectKeys } from "#common/imports/import-keys.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { awaitUpload } from "#common/imports/register-import.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import type { TransactionRow } from "#common/transactions/loading/file-row.ts";
import { startFunction } from "#local/testing/start-function.ts";

const chunker = await startFunction("transactions-chunker", { DEFAULT_CURRENCY: "EUR" });
const table = dynamodbTable("millrace-local-imports");
const ledger = openLedger(table);
const bucket = deliveryBucket("millrace-local-delivery");

const HEAD = "accountId,postedAt,amount,description,type";
const ROW = "A1,2026-03-01,-4.5,Coffee,debit";

/** Puts an object; answers the notification of it. */
const put = async (key: string, text: string) => {
  const { VersionId, ETag } = await chunker.operator.s3.send(
    new PutObjectCommand({ Bucket: "millrace-local-delivery", Key: key, Body: text }),
  );
  return notification(key, text.length, VersionId, ETag?.replaceAll('"', ""));
};
const notification = (key: string, size: number, versionId?: string, eTag?: string) => ({
  Records: [
    {
      eventVersion: "2.5",
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      eventTime: "2026-03-02T01:00:00.000Z",
      s3: {
        bucket: { name: "millrace-local-delivery" },
        object: {
          key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+"),
          size,
          ...(versionId === undefined ? {} : { versionId }),
          ...(eTag === undefined ? {} : { eTag }),
        },
      },
    },
  ],
});

const importsOf = async (organizationId: string) => {
  const rows = await chunker.rows("imports");
  const ids = rows.filter(({ pk, sk }) => pk === `${organizationId}#imports` && sk.startsWith("import#"));
  return ledger.readMany(ids.map(({ importId }) => String(importId)));
};

describe("a delivered file", () => {
  it("is cut into chunks of rows, with the platform's currency where a row names none", async () => {
    const message = await put("transactions/cut/my night ü+%.csv", `${HEAD}\n${ROW}\n${ROW}\n`);

    expect(await chunker.deliver(message)).toEqual([]);

    const [record] = await importsOf("cut");
    expect(record).toMatchObject({ phase: "loading", chunkCount: 1, source: "delivery", number: 1 });
    const importId = record?.importId ?? "";
    expect(await chunker.sent("transactions-chunks")).toEqual([{ importId, chunk: 0 }]);
    const bytes = await bucket.get(objectKeys.chunk(importId, 0));
    const batches = unpackBatches<TransactionRow>(bytes ?? new Uint8Array());
    expect(batches.flat()).toMatchObject([
      { line: 2, ordinal: 0, row: { accountId: "A1", content: { amount: "-4.50", currency: "EUR" } } },
      { line: 3, ordinal: 1 },
    ]);
  });

  it("is one import however often its notification comes", async () => {
    const message = await put("transactions/repeated/night.csv", `${HEAD}\n${ROW}\n`);

    expect(await chunker.deliver(message, message)).toEqual([]);
    expect(await chunker.deliver(message)).toEqual([]);

    expect(await importsOf("repeated")).toHaveLength(1);
    const audits = (await chunker.sent("events-audit")).map(
      (event) => (event as { eventId: string }).eventId,
    );
    expect(new Set(audits).size).toBe(1);
  });

  it("completes at once when it holds a header alone", async () => {
    expect(await chunker.deliver(await put("transactions/quiet/night.csv", `${HEAD}\n`))).toEqual([]);

    expect(await importsOf("quiet")).toMatchObject([{ phase: "completed", announced: true }]);
    expect(chunker.published()).toMatchObject([
      { "detail-type": "import_completed", source: "millrace.imports", detail: { organizationId: "quiet" } },
    ]);
  });

  it.each([
    ["empty", "", "FILE_EMPTY"],
    ["headless", "a,b\n1,2\n", "HEADER_MISSING"],
    ["unclosed", `${HEAD}\n${ROW}\nA1,2026-03-01,1,"open,debit\n`, "QUOTE_NOT_CLOSED"],
  ])("that is bad as a whole is taken back: %s", async (organizationId, text, code) => {
    const message = await put(`transactions/${organizationId}/night.csv`, text);

    expect(await chunker.deliver(message)).toEqual([]);

    expect(await importsOf(organizationId)).toMatchObject([{ phase: "reverting", reason: { code } }]);
    expect(await chunker.sent("transactions-reverts")).toHaveLength(1);
  });

  it("that is gone fails as FILE_GONE", async () => {
    const Key = "transactions/gone/night.csv";
    const message = await put(Key, `${HEAD}\n${ROW}\n`);
    const VersionId = message.Records[0]?.s3.object.versionId;
    const Bucket = "millrace-local-delivery";
    await chunker.operator.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

    expect(await chunker.deliver(message)).toEqual([]);

    expect(await importsOf("gone")).toMatchObject([{ phase: "reverting", reason: { code: "FILE_GONE" } }]);
  });
});

describe("an uploaded file", () => {
  const importId = "01890000-0000-7000-8000-000000000001";
  const key = `uploads/transactions/uploaded/${importId}.csv`;

  it("starts the import that awaits it, with its first version", async () => {
    await awaitUpload({ table, ledger, bucket, now: Date.now })(
      { service: "transactions" },
      {
        importId,
        organizationId: "uploaded",
        key,
        fileName: "night.csv",
        bytes: 1,
        dryRun: true,
        options: {},
        startedBy: "ann",
      },
    );

    await chunker.deliver(await put(key, `${HEAD}\n${ROW}\n`));
    await chunker.deliver(await put(key, `${HEAD}\n${ROW}\n${ROW}\n${ROW}\n`));

    const [record] = await importsOf("uploaded");
    expect(record).toMatchObject({ importId, phase: "loading", dryRun: true, startedBy: "ann", number: 1 });
    expect(await ledger.chunk(importId, 0)).toMatchObject({ rows: 1 });
  });

  it("that no import awaits is left", async () => {
    const unknown = "01890000-0000-7000-8000-00000000000f";
    const message = await put(`uploads/transactions/uploaded/${unknown}.csv`, HEAD);

    expect(await chunker.deliver(message)).toEqual([]);
    expect(await ledger.read(unknown)).toBeUndefined();
  });
});

describe("none failed, nothing done", () => {
  it.each([
    "transactions/night.csv",
    "transactions/No-Organization/night.csv",
    "transactions/left/deep/night.csv",
    "transactions/left/night.xlsx",
    "transactions/left/",
    "uploads/transactions/left/night.csv",
  ])("is what an object of no import comes to: %s", async (key) => {
    expect(await chunker.deliver(notification(key, 1, "v"))).toEqual([]);

    expect(await importsOf("left")).toEqual([]);
    expect(await chunker.deadLetters()).toEqual([]);
    expect(chunker.output().lines()).toContainEqual(
      expect.objectContaining({ level: "warn", message: "file ignored", resourceName: key }),
    );
  });

  it("is what S3's test message comes to", async () => {
    expect(await chunker.deliver({ Service: "Amazon S3", Event: "s3:TestEvent" })).toEqual([]);
    expect(await chunker.deadLetters()).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it.each([
    ["{", "MESSAGE_NOT_JSON"],
    ['{"importId":"x","slice":0}', "MESSAGE_INVALID"],
  ])("is what the message %s comes to", async (body, code) => {
    expect(await chunker.deliver(body)).toEqual([]);
    expect(await chunker.deadLetters()).toEqual([{ body, code }]);
  });
});

describe("failed", () => {
  it("sends the message back when the bucket refuses a chunk, and goes on then", async () => {
    const message = await put("transactions/refused/night.csv", `${HEAD}\n${ROW}\n`);
    chunker.refuse("s3:PutObject");

    expect(await chunker.deliver(message)).toEqual(["message-0"]);
    expect(await importsOf("refused")).toMatchObject([{ phase: "chunking" }]);
  });
});
