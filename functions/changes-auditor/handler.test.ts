import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { aUserRow } from "#common/changes/testing/streamed-users.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const auditor = await startFunction("changes-auditor");
const Bucket = "millrace-local-changes";
const keyOf = (userId: string) => `users/demo/${encodeURIComponent(userId)}.json`;
const put = async (userId: string) => {
  const { VersionId = "" } = await auditor.operator.s3.send(
    new PutObjectCommand({ Bucket, Key: keyOf(userId), Body: "{}" }),
  );
  return VersionId;
};
const remove = async (userId: string) => {
  const { VersionId = "" } = await auditor.operator.s3.send(
    new DeleteObjectCommand({ Bucket, Key: keyOf(userId) }),
  );
  return VersionId;
};
const row = async (userId: string, applied: string, exists: boolean) => {
  const table = memoryTable();
  const user = { organizationId: "demo", userId, key: keyOf(userId), spelled: encodeURIComponent(userId) };
  await changesTable(table, Date.now).save(user, aUserRow(keyOf(userId), 1, { applied, exists }));
  await auditor.put("changes", table.items());
};
const rung = async () =>
  (await auditor.sent("changes")).map(({ Records: [{ s3 }] }) => s3.object.key).toSorted();
const audit = () => auditor.invoke({ "scheduled-time": "2026-01-31T03:30:00Z" });

describe("the daily audit", () => {
  it("finds a lost notification, a lost delete and a lost row, rings for each, and none once they are streamed", async () => {
    await row("well", await put("well"), true);
    await row("written", await put("written"), true);
    const written = await put("written");
    await row("deleted", await put("deleted"), true);
    const deleted = await remove("deleted");
    const unknown = await put("two words+");
    await remove("never");

    await audit();

    expect(await rung()).toEqual([
      "users/demo/deleted.json",
      "users/demo/two%2520words%252B.json",
      "users/demo/written.json",
    ]);
    const lines = auditor.output().lines();
    expect(lines.filter(({ message }) => message === "user differs")).toHaveLength(3);
    expect(lines).toContainEqual(expect.objectContaining({ message: "schedule kept", failed: 3 }));

    await row("written", written, true);
    await row("deleted", deleted, false);
    await row("two words+", unknown, true);
    await audit();

    expect(await rung()).toEqual([]);
  }, 30_000);

  it("fails, to be tried again, when the queue does not take its doorbells", async () => {
    await put("unsent");
    auditor.refuse("sqs:SendMessage");

    await expect(audit()).rejects.toThrow();
  }, 30_000);
});
