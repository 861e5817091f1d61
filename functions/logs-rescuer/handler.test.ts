import { gzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { aLogMessage } from "#common/logs/testing/lines.ts";
import { startFunction } from "#local/testing/start-function.ts";

const rescuer = await startFunction("logs-rescuer", { LOG_DAYS: "400" });

const ARRIVED = Date.now() - 60_000;
let objects = 0;

const failure = (data: string | Buffer | object) => {
  const raw = Buffer.isBuffer(data)
    ? data
    : Buffer.from(typeof data === "string" ? data : JSON.stringify(data));
  return JSON.stringify({
    attemptsMade: 1,
    arrivalTimestamp: ARRIVED,
    errorCode: "Lambda.ProcessingFailedStatus",
    rawData: raw.toString("base64"),
  });
};

const put = async (body: string | Buffer): Promise<string> => {
  objects += 1;
  const Key = `errors/processing-failed/2026/11/21/16/a b+${objects}`;
  await rescuer.operator.s3.send(new PutObjectCommand({ Bucket: "millrace-local-lake", Key, Body: body }));
  return Key;
};

const notified = (key: string) => ({
  Records: [
    {
      eventTime: new Date().toISOString(),
      s3: { object: { key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+") } },
    },
  ],
});

const rescue = async (...lines: string[]): Promise<string> => {
  const key = await put(lines.map((line) => `${line}\n`).join(""));
  await rescuer.invoke(notified(key));
  return key;
};

const isThere = async (key: string) => (await rescuer.keys("lake")).includes(key);

describe("an object under errors/", () => {
  it("of a thousand records, one of them good, gives one line and 999 refused records, and goes", async () => {
    const bad = Array.from({ length: 999 }, (_, index) =>
      failure(aLogMessage({ organizationID: `../${index}` })),
    );

    const key = await rescue(...bad.slice(0, 500), failure(aLogMessage({ id: "good" })), ...bad.slice(500));

    expect(await rescuer.sent("logs-late")).toMatchObject([
      { id: "good", organizationID: "demo", receivedAt: new Date(ARRIVED).toISOString() },
    ]);
    const rejected = await rescuer.sent("logs-rejected");
    expect(rejected).toHaveLength(999);
    expect(rejected[0]).toMatchObject({
      code: "MESSAGE_INVALID",
      reason: expect.stringContaining("/organizationID"),
      arrivedAt: new Date(ARRIVED).toISOString(),
    });
    expect(JSON.parse(rejected[0].raw).organizationID).toMatch(/^\.\.\//);
    expect(await isThere(key)).toBe(false);
  });

  it("keeps the traces of what it rescues", async () => {
    await rescue(failure(aLogMessage({ id: "traced", transactionId: "tx-rescued" })));

    const rows = (await rescuer.rows("logs")).filter(({ pk }) => pk === "demo#trace#tx-rescued");
    expect(rows).toHaveLength(1);
  });

  it("may hold the records themselves, packed, as some kinds of error have them", async () => {
    const lines = [aLogMessage({ id: "p-1" }), aLogMessage({ id: "p-2" })].map((message) =>
      JSON.stringify(message),
    );
    const key = await put(gzipSync(lines.join("\n")));

    await rescuer.invoke(notified(key));

    expect((await rescuer.sent("logs-late")).map(({ id }) => id).sort()).toEqual(["p-1", "p-2"]);
  });

  it("of glued messages divides 500 and refuses 501 as one", async () => {
    const glued = (count: number) => JSON.stringify(aLogMessage()).repeat(count);

    await rescue(failure(glued(500)), failure(glued(501)));

    const late = await rescuer.sent("logs-late");
    expect(late).toHaveLength(500);
    expect(new Set(late.map(({ id }) => id)).size).toBe(500);
    expect(await rescuer.sent("logs-rejected")).toMatchObject([{ raw: glued(501) }]);
  });

  it("of what is no text is kept in base64", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);

    await rescue(failure(bytes));

    expect(await rescuer.sent("logs-rejected")).toMatchObject([
      { code: "MESSAGE_NOT_JSON", raw: bytes.toString("base64"), encoding: "base64" },
    ]);
  });

  it("stays when a refused record is too large for the queue, which names its place", async () => {
    const key = await rescue(failure("{}"), failure(`[${"1,".repeat(400_000)}1]`));

    const rejected = await rescuer.sent("logs-rejected");
    expect(rejected).toHaveLength(2);
    expect(rejected.find((one) => one.raw === undefined)).toMatchObject({ key, line: 2 });
    expect(await isThere(key)).toBe(true);
  });

  it("hands on the same again at a second try, and stays until everything is handed on", async () => {
    const lines = [failure(aLogMessage()), failure("bad")];
    rescuer.refuse("s3:DeleteObject");
    const key = await put(lines.join("\n"));

    await expect(rescuer.invoke(notified(key))).rejects.toThrow();
    const first = (await rescuer.sent("logs-late")).map(({ id }) => id);
    await expect(rescuer.invoke(notified(key))).rejects.toThrow();

    expect((await rescuer.sent("logs-late")).map(({ id }) => id)).toEqual(first);
    expect(await isThere(key)).toBe(true);
  });

  it.each(["sqs:SendMessage", "dynamodb:BatchWriteItem", "s3:GetObject"])(
    "stays while AWS refuses %s of what it needs",
    async (action) => {
      rescuer.refuse(action);
      if (action === "dynamodb:BatchWriteItem") rescuer.refuse("sqs:SendMessage");
      const key = await put(failure(aLogMessage({ transactionId: "tx" })));

      await rescuer.invoke(notified(key)).catch(() => {});

      expect(await isThere(key)).toBe(true);
    },
  );

  it("that is gone was worked off before", async () => {
    await rescuer.invoke(notified("errors/processing-failed/gone"));

    expect(await rescuer.sent("logs-late")).toEqual([]);
    expect(await rescuer.deadLetters()).toEqual([]);
  });
});
