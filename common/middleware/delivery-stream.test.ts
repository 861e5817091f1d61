import type { FirehoseTransformationEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { lambdaContext } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { deliveryStreamHandler } from "./delivery-stream.ts";

let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  vi.stubEnv("POWERTOOLS_METRICS_NAMESPACE", "Millrace");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  output = captureOutput();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the delivery stream stack", () => {
  const event = (...texts: string[]): FirehoseTransformationEvent => ({
    invocationId: "i",
    deliveryStreamArn: "a",
    region: "r",
    records: texts.map((text, index) => ({
      recordId: `record-${index}`,
      approximateArrivalTimestamp: index,
      data: Buffer.from(text).toString("base64"),
    })),
  });

  it("answers every record under its id; a bad one comes back as it was and touches no other", async () => {
    const handler = deliveryStreamHandler({
      action: async (given) =>
        given.map(({ data, arrivedAtMs }) => {
          const text = data.toString();
          if (text === "bad") return { error: new AppError("MESSAGE_INVALID") };
          if (text === "elsewhere") return { dropped: true };
          return { data: `${text.toUpperCase()}\n`, partitionKeys: { at: String(arrivedAtMs) } };
        }),
    });

    const { records } = await handler(event("a", "bad", "é", "elsewhere"), lambdaContext());

    expect(records).toEqual([
      {
        recordId: "record-0",
        result: "Ok",
        data: Buffer.from("A\n").toString("base64"),
        metadata: { partitionKeys: { at: "0" } },
      },
      { recordId: "record-1", result: "ProcessingFailed", data: Buffer.from("bad").toString("base64") },
      {
        recordId: "record-2",
        result: "Ok",
        data: Buffer.from("É\n").toString("base64"),
        metadata: { partitionKeys: { at: "2" } },
      },
      { recordId: "record-3", result: "Dropped", data: "" },
    ]);
    expect(output.lines()[0]).toMatchObject({
      level: "error",
      batchSize: 4,
      droppedRecords: 1,
      rejected: 1,
      code: "MESSAGE_INVALID",
    });
    expect(output.metrics()[0]).toMatchObject({ MessagesRejected: 1 });
    output.clear();

    await handler(event("a"), lambdaContext());
    expect(output.lines()[0]).toMatchObject({ level: "info", rejected: 0 });
    expect(output.lines()[0]).not.toHaveProperty("code");
  });
});
