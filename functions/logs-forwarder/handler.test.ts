import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startFunction } from "#local/testing/start-function.ts";

const forwarder = await startFunction("logs-forwarder", {
  LOG_STREAMS: "1",
  OPERATOR_ORGANIZATION: "operator",
});

const closing = {
  level: "info",
  message: "request answered",
  service: "data-generator",
  time: "2026-05-05T12:00:00.100Z",
  requestId: "r-1",
  durationMs: 100,
  route: "POST /data",
  organizationId: "demo",
  transactionId: "tx-1",
  status: 202,
};

const eventOf = (messages: readonly string[], messageType = "DATA_MESSAGE") => ({
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType,
        owner: "000000000000",
        logGroup: "/aws/lambda/millrace-local-data-generator",
        logStream: "s",
        subscriptionFilters: ["f"],
        logEvents: messages.map((message, index) => ({ id: `id-${index}`, timestamp: 1, message })),
      }),
    ).toString("base64"),
  },
});

const streamed = async () =>
  (await forwarder.streamed("logs")).flatMap((record) => record.split("\n")).map((line) => JSON.parse(line));

describe("a subscription's event", () => {
  it("becomes messages on the stream, under ids that follow from the lines'", async () => {
    const event = eventOf([
      JSON.stringify(closing),
      "no JSON",
      "[]",
      JSON.stringify({ ...closing, organizationId: "other" }),
    ]);

    await forwarder.invoke(event);
    await forwarder.invoke(event);

    const messages = await streamed();
    expect(messages.map(({ id, organizationID }) => [id, organizationID])).toEqual([
      ["id-0.1", "demo"],
      ["id-3.1", "other"],
      ["id-0.1", "demo"],
      ["id-3.1", "other"],
    ]);
    expect(messages[0]).toMatchObject({
      logType: "platform",
      server: "data-generator",
      transactionId: "tx-1",
    });
  });

  it("that only tries the subscription puts nothing there", async () => {
    await forwarder.invoke(eventOf([JSON.stringify(closing)], "CONTROL_MESSAGE"));

    expect(await streamed()).toEqual([]);
  });

  it("fails when the stream does not take it, so that Lambda tries again", async () => {
    forwarder.refuse("firehose:PutRecordBatch");

    await expect(forwarder.invoke(eventOf([JSON.stringify(closing)]))).rejects.toThrow();
    expect(await forwarder.deadLetters()).toEqual([]);
  });

  it.each([{}, { awslogs: { data: "no gzip" } }, { awslogs: { data: gzipSync("{").toString("base64") } }])(
    "that can never be read becomes a dead letter: %j",
    async (event) => {
      await forwarder.invoke(event);

      expect(await forwarder.deadLetters()).toMatchObject([{ code: "MESSAGE_NOT_JSON" }]);
    },
  );
});
