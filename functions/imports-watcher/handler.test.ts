import { describe, expect, it } from "vitest";
import { openKey } from "#common/imports/import-keys.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { awaitUpload } from "#common/imports/register-import.ts";
import { memoryImportBucket } from "#common/imports/testing/memory-import-bucket.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const watcher = await startFunction("imports-watcher");
const table = dynamodbTable("millrace-local-imports");
const ledger = openLedger(table);
const scheduled = { "scheduled-time": "2026-03-01T00:00:00Z" };

describe("an upload that never came", () => {
  it("fails after a day, and the reverter announces it", async () => {
    const importId = "01890000-0000-7000-8000-000000000001";
    const twoDaysAgo = () => Date.now() - 2 * 86_400_000;
    await awaitUpload({ table, ledger, bucket: memoryImportBucket().bucket, now: twoDaysAgo })(
      { service: "transactions" },
      {
        importId,
        organizationId: "demo",
        key: `uploads/transactions/demo/${importId}.csv`,
        fileName: "night.csv",
        bytes: 1,
        dryRun: false,
        options: {},
        startedBy: "ann",
      },
    );

    await watcher.invoke(scheduled);

    expect(await ledger.read(importId)).toMatchObject({
      phase: "failed",
      reason: { code: "UPLOAD_MISSING" },
    });
    expect(await watcher.sent("transactions-reverts")).toEqual([{ importId }]);
  });
});

describe("nothing done", () => {
  it("is what an import that is not there comes to", async () => {
    await table.putAll([{ ...openKey("01890000-0000-7000-8000-00000000000f"), organizationId: "demo" }]);

    await watcher.invoke(scheduled);

    expect(await watcher.sent("transactions-reverts")).toEqual([]);
    expect(await watcher.deadLetters()).toEqual([]);
  });
});

describe("failed", () => {
  it("leaves the invocation to be repeated when the table cannot be read", async () => {
    watcher.refuse("dynamodb:Query");

    await expect(watcher.invoke(scheduled)).rejects.toThrow();
  });
});
