import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const recorder = await startFunction("logs-recorder", { LOG_STREAMS: "1" });
const authorizer = callerContext({ roles: "logs.write" });
const post = (body: unknown, more: Partial<RestRequest> = {}) =>
  recorder.ask({ route: "POST /logs", body, authorizer, ...more });
const taken = async () =>
  (await recorder.streamed("logs")).map((text) => JSON.parse(text) as Record<string, unknown>);

const aMessage = (more: object = {}) => ({
  logType: "web",
  server: "dspweb",
  events: [{ action: "received request", description: "on web" }],
  ...more,
});
const ndJson = { headers: { "content-type": "application/x-ndjson; charset=utf-8" }, isBase64Encoded: true };
const packed = (text: string) => gzipSync(text).toString("base64");

describe("POST /logs", () => {
  describe("202", () => {
    it("is for a message that is on the stream, with the token's organization, an id and a time", async () => {
      const { status, json } = await post(aMessage({ odd: { kept: true } }));

      expect({ status, json }).toEqual({ status: 202, json: { accepted: 1, rejected: [] } });
      expect(await taken()).toEqual([
        {
          ...aMessage({ odd: { kept: true } }),
          organizationID: "demo",
          id: expect.stringMatching(/^[0-9a-f-]{36}\.1$/),
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        },
      ]);
    });

    it("numbers messages without an id from 1 and without a gap, and leaves the ids and times of others", async () => {
      const time = "2026-05-05T12:00:00+02:00";
      await post([aMessage(), aMessage({ id: "mine", time }), aMessage()]);

      const messages = await taken();
      const ids = messages.map(({ id }) => String(id));
      expect(ids.map((id) => id.replace(/^[0-9a-f-]{36}/, ""))).toEqual([".1", "mine", ".2"]);
      expect(messages[1]).toMatchObject({ id: "mine", time });
    });

    it("takes the good ones and names the faults of each other", async () => {
      const { json } = await post([
        aMessage({ logType: "events" }),
        aMessage(),
        aMessage({ organizationID: "other", events: [] }),
        7,
        aMessage({ events: [{ action: "\ud800", description: "" }] }),
      ]);

      expect(json.accepted).toBe(1);
      expect(
        json.rejected.map(({ index, errors }: Refused) => [index, errors.map(({ path }) => path)]),
      ).toEqual([
        [0, ["/logType"]],
        [2, ["/organizationID", "/events"]],
        [3, [""]],
        [4, ["/events/0/action"]],
      ]);
      expect(await taken()).toHaveLength(1);
    });

    it("takes one message a line, packed or not, and names a line that is no JSON", async () => {
      const text = `${JSON.stringify(aMessage())}\n\n{\n${JSON.stringify(aMessage())}\n`;

      const plain = await post(Buffer.from(text).toString("base64"), ndJson);
      const zipped = await post(packed(text), ndJson);

      for (const { json } of [plain, zipped]) {
        expect(json).toEqual({
          accepted: 2,
          rejected: [{ index: 1, errors: [{ path: "", message: "must be valid JSON" }] }],
        });
      }
      expect(await taken()).toHaveLength(4);
    });

    it("sends the very same messages again for the same Idempotency-Key, when the first try was cut short", async () => {
      const headers = { "idempotency-key": `key-${Date.now()}` };
      recorder.refuse("firehose:PutRecordBatch");
      const refused = await post([aMessage(), aMessage()], { headers });
      expect(refused.status).toBeGreaterThanOrEqual(500);
      expect(await taken()).toEqual([]);
    });

    it("answers the same again for the same Idempotency-Key, and does it once", async () => {
      const headers = { "idempotency-key": `again-${Date.now()}` };

      const first = await post([aMessage(), {}], { headers });
      const again = await post([aMessage(), {}], { headers });
      const other = await post([aMessage()], { headers });

      expect(again.json).toEqual(first.json);
      expect(other).toMatchObject({ status: 422, json: { code: "IDEMPOTENCY_MISMATCH" } });
      expect(await taken()).toHaveLength(1);
    });
  });

  describe("400", () => {
    it("names every fault of a message", async () => {
      const { status, json } = await post({ logType: "mobile", events: [{}], time: "2025-02-30T00:00:00Z" });

      expect({ status, code: json.code }).toEqual({ status: 400, code: "INPUT_INVALID" });
      expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
        "/events/0/action",
        "/events/0/description",
        "/logType",
        "/time",
      ]);
    });

    it("names the faults of each message by its place when none is good", async () => {
      const { json } = await post([aMessage({ server: 1 }), aMessage({ id: "a b" })]);

      expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(["/0/server", "/1/id"]);
    });

    it.each([
      ["nothing", "", {}],
      ["no JSON", "{", {}],
      ["an empty list", "[]", {}],
      ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]).toString("base64"), ndJson],
      ["what begins as gzip and is none", Buffer.from([0x1f, 0x8b, 0, 0]).toString("base64"), ndJson],
    ])("is for %s", async (_, body, more) => {
      expect((await post(body, more)).status).toBe(400);
      expect(await taken()).toEqual([]);
    });
  });

  describe("403", () => {
    it("is what a caller without the role gets", async () => {
      const { status } = await post(aMessage(), { authorizer: callerContext({ roles: "logs.read" }) });

      expect(status).toBe(403);
    });
  });

  describe("413", () => {
    it("is for more than a megabyte, also when it was packed", async () => {
      expect((await post(`"${"x".repeat(1_048_576)}"`)).status).toBe(413);
      expect((await post(packed("x".repeat(1_048_577)), ndJson)).status).toBe(413);
    });
  });

  describe("503", () => {
    it("says that not all were taken, when the stream refuses", async () => {
      recorder.port.deliveryStreams.throttle("millrace-local-logs", true);

      const { status, json } = await post([aMessage(), aMessage()]);
      recorder.port.deliveryStreams.throttle("millrace-local-logs", false);

      expect({ status, code: json.code }).toEqual({ status: 503, code: "LOGS_NOT_TAKEN" });
    });
  });
});

type Refused = { index: number; errors: { path: string }[] };
