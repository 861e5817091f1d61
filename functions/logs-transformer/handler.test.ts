import type { FirehoseTransformationEvent, FirehoseTransformationResult } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { aLogMessage } from "#common/logs/testing/lines.ts";
import { contentOfTraceRow } from "#common/logs/trace/trace-rows.ts";
import { startFunction } from "#local/testing/start-function.ts";

const transformer = await startFunction("logs-transformer", { LOG_STREAMS: "1", LOG_DAYS: "400" });

const ARRIVED = Date.now();
const HOUR = 3_600_000;

const eventOf = (...datas: (string | Buffer | object)[]): FirehoseTransformationEvent => ({
  invocationId: "i",
  deliveryStreamArn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/millrace-local-logs",
  region: "us-east-1",
  records: datas.map((data, index) => ({
    recordId: `record-${index}`,
    approximateArrivalTimestamp: ARRIVED,
    data: (Buffer.isBuffer(data)
      ? data
      : Buffer.from(typeof data === "string" ? data : JSON.stringify(data))
    ).toString("base64"),
  })),
});

const transform = async (...datas: (string | Buffer | object)[]) => {
  const answer = (await transformer.invoke(eventOf(...datas))) as FirehoseTransformationResult;
  return answer.records.map(({ recordId, result, data = "", metadata }) => ({
    recordId,
    result,
    text: Buffer.from(data, "base64").toString("utf8"),
    keys: metadata?.partitionKeys,
  }));
};

const rowsOf = async (transactionId: string) =>
  (await transformer.rows("logs")).filter(({ pk }) => pk === `demo#trace#${transactionId}`);

describe("a record", () => {
  it("comes back as a line with the keys of its folder", async () => {
    const [answer] = await transform(aLogMessage({ id: "m-1", odd: 1 }));

    expect(answer).toMatchObject({ recordId: "record-0", result: "Ok" });
    expect(answer?.text.endsWith("}\n")).toBe(true);
    const now = new Date(ARRIVED);
    expect(JSON.parse(answer?.text ?? "")).toMatchObject({
      schema: 1,
      environment: "local",
      id: "m-1",
      time: now.toISOString(),
      extra: { odd: 1 },
    });
    expect(answer?.keys).toEqual({
      environment: "local",
      organization: "demo",
      logtype: "web",
      year: String(now.getUTCFullYear()),
      month: now.toISOString().slice(5, 7),
      day: now.toISOString().slice(8, 10),
      hour: now.toISOString().slice(11, 13),
    });
  });

  it("without an id gets one that is the same at a second try, and another for each message", async () => {
    const idsOf = async () =>
      (await transform(aLogMessage(), aLogMessage())).map(({ text }) => JSON.parse(text).id);

    const first = await idsOf();

    expect(await idsOf()).toEqual(first);
    expect(new Set(first).size).toBe(2);
  });

  it("that is bad fails alone", async () => {
    const answers = await transform(
      aLogMessage(),
      "no json",
      aLogMessage({ organizationID: "a=b" }),
      Buffer.from([0x7b, 0xff]),
      aLogMessage({ logType: "nothing" }),
    );

    expect(answers.map(({ result }) => result)).toEqual([
      "Ok",
      "ProcessingFailed",
      "ProcessingFailed",
      "ProcessingFailed",
      "ProcessingFailed",
    ]);
    expect(answers[1]?.text).toBe("no json");
  });

  it("holds no planted secret", async () => {
    const [answer] = await transform(
      aLogMessage({
        note: "Bearer s3cret",
        events: [{ action: "a", description: "4111 1111 1111 1111", detail: { password: "x1" } }],
      }),
    );

    expect(answer?.text).not.toMatch(/s3cret|4111|x1/);
  });

  it("that is over two hours late goes to the late-writer, and one of two hours does not", async () => {
    const at = (ago: number) => new Date(ARRIVED - ago).toISOString();

    const answers = await transform(
      aLogMessage({ id: "in-time", time: at(2 * HOUR) }),
      aLogMessage({ id: "late", time: at(2 * HOUR + 1) }),
    );

    expect(answers.map(({ result }) => result)).toEqual(["Ok", "Dropped"]);
    expect((await transformer.sent("logs-late")).map(({ id }) => id)).toEqual(["late"]);
  });

  it("that is late fails, and is kept by the stream, when the queue does not take it", async () => {
    transformer.refuse("sqs:SendMessage");

    const [answer] = await transform(aLogMessage({ time: new Date(ARRIVED - 48 * HOUR).toISOString() }));

    expect(answer?.result).toBe("ProcessingFailed");
  });

  it("beyond what an answer may hold goes the way of late ones", async () => {
    const noise = "x".repeat(900_000);
    const answers = await transform(
      ...Array.from({ length: 6 }, (_, index) => aLogMessage({ id: `m-${index}`, noise })),
    );

    expect(answers.map(({ result }) => result)).toEqual(["Ok", "Ok", "Ok", "Ok", "Dropped", "Dropped"]);
    expect(await transformer.sent("logs-late")).toHaveLength(2);
  });
});

describe("an envelope", () => {
  const envelope = (Message: string) => ({
    Type: "Notification",
    MessageId: "1",
    TopicArn: "arn:topic",
    Message,
  });

  it("of one message is unwrapped", async () => {
    const [answer] = await transform(envelope(JSON.stringify(aLogMessage({ id: "inner" }))));

    expect(answer?.result).toBe("Ok");
    expect(JSON.parse(answer?.text ?? "")).toMatchObject({ id: "inner", server: "dspweb" });
  });

  it("of several puts each back onto the stream with an id, the same at a second try", async () => {
    const glued = `${JSON.stringify(aLogMessage())}${JSON.stringify(aLogMessage({ id: "own" }))}`;

    const [answer] = await transform(envelope(glued));
    const first = (await transformer.streamed("logs")).map((text) => JSON.parse(text).id);
    await transform(envelope(glued));
    const second = (await transformer.streamed("logs")).map((text) => JSON.parse(text).id);

    expect(answer?.result).toBe("Dropped");
    expect(first).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), "own"]);
    expect(second).toEqual(first);
  });

  it("of several fails as a whole when the stream does not take them back", async () => {
    transformer.refuse("firehose:PutRecordBatch");

    const [answer] = await transform(envelope(`${JSON.stringify(aLogMessage())}{}`));

    expect(answer?.result).toBe("ProcessingFailed");
  });

  it.each([
    ["another envelope", JSON.stringify({ Type: "Notification", TopicArn: "a", Message: "{}" })],
    ["nothing", ""],
    ["an array", JSON.stringify([aLogMessage()])],
  ])("of %s fails", async (_, inner) => {
    expect((await transform(envelope(inner)))[0]?.result).toBe("ProcessingFailed");
  });
});

describe("a transaction id", () => {
  it("finds the message in the table, by the message's and by each of its events'", async () => {
    const [answer] = await transform(
      aLogMessage({
        id: "traced",
        transactionId: "tx-of-message",
        events: [{ action: "a", description: "b", transactionId: "tx-of-event" }],
      }),
    );

    for (const transactionId of ["tx-of-message", "tx-of-event"]) {
      const [row] = await rowsOf(transactionId);
      expect(row && contentOfTraceRow(row)).toEqual({ line: JSON.parse(answer?.text ?? "") });
    }
  });

  it("of a large message names its object", async () => {
    const noise = Array.from({ length: 4_000 }, () => Math.random().toString(36)).join(" ");
    await transform(aLogMessage({ id: "large", transactionId: "tx-large", noise }));

    const [row] = await rowsOf("tx-large");
    expect(row?.key).toMatch(/^traces\/organization=demo\/large\/web-/);
    expect(await transformer.keys("lake")).toContain(row?.key);
  });

  it("whose row the table does not take goes through the queue, and the record is delivered", async () => {
    transformer.refuse("dynamodb:BatchWriteItem");

    const [answer] = await transform(aLogMessage({ transactionId: "tx-hot" }));

    expect(answer?.result).toBe("Ok");
    expect(await transformer.sent("logs-traces")).toMatchObject([{ rows: [{ pk: "demo#trace#tx-hot" }] }]);
  });

  it("that neither takes has the record kept by the stream", async () => {
    transformer.refuse("dynamodb:BatchWriteItem");
    transformer.refuse("sqs:SendMessage");

    const answers = await transform(aLogMessage({ transactionId: "tx-lost" }), aLogMessage());

    expect(answers.map(({ result }) => result)).toEqual(["ProcessingFailed", "Ok"]);
  });
});
