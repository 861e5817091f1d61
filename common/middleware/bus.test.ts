import type { EventBridgeEvent } from "aws-lambda";
import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { AppError } from "#common/errors/app-error.ts";
import { lambdaContext } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { validator } from "#common/validation/schema.ts";
import { busHandler } from "./bus.ts";

type Job = { n: number };
const Job = validator(Type.Object({ n: Type.Integer() }, { additionalProperties: false }));

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

const later = () => new AppError("DEPENDENCY_FAILED", { internal: "Unprocessed" });

describe("the bus stack", () => {
  const event = (detail: unknown): EventBridgeEvent<string, unknown> => ({
    id: "event-1",
    version: "0",
    account: "0",
    time: "2026-05-05T12:00:00Z",
    region: "r",
    resources: [],
    source: "millrace.data",
    "detail-type": "thing.happened",
    detail,
  });
  const setup = (action: (detail: Job) => Promise<void> = async () => {}) => {
    const dead: QueueMessage[] = [];
    const handler = busHandler({
      detail: Job,
      deadQueueUrl: "dead",
      action,
      keepDead: async (_, messages) => {
        dead.push(...messages);
        return [];
      },
    });
    return { run: (detail: unknown) => handler(event(detail), lambdaContext()), dead };
  };

  it("hands over the checked detail", async () => {
    let got: unknown;
    const { run } = setup(async (detail) => {
      got = detail;
    });

    await run({ n: 1 });

    expect(got).toEqual({ n: 1 });
    expect(output.lines()[0]).toMatchObject({ level: "info", message: "event handled" });
  });

  it("keeps what can never succeed on the function's dead-letter queue, and is done with it", async () => {
    const { run, dead } = setup();

    await run({ n: "x" });

    expect(dead[0]).toMatchObject({
      body: JSON.stringify(event({ n: "x" })),
      attributes: { code: "MESSAGE_INVALID", originalMessageId: "event-1" },
    });
    expect(output.lines()[0]).toMatchObject({ level: "error", code: "MESSAGE_INVALID" });
  });

  it("throws what may succeed later, so that Lambda tries again", async () => {
    const { run, dead } = setup(async () => {
      throw later();
    });

    await expect(run({ n: 1 })).rejects.toMatchObject({ code: "DEPENDENCY_FAILED" });

    expect(dead).toEqual([]);
    expect(output.lines()).toHaveLength(1);
    expect(output.lines()[0]).toMatchObject({
      level: "warn",
      message: "event failed",
      code: "DEPENDENCY_FAILED",
    });
  });

  it("takes the transaction id from the detail into its line and the dead letter", async () => {
    const { run, dead } = setup();

    await run({ n: "x", transactionId: "tx-1" });
    await run({ n: "x", transactionId: "not an id" });
    await run(null);

    expect(output.lines().map(({ transactionId }) => transactionId)).toEqual(["tx-1", undefined, undefined]);
    expect(dead.map(({ attributes }) => attributes?.transactionId)).toEqual(["tx-1", undefined, undefined]);
  });

  it("throws, and says so in its line, when the dead letter cannot be kept", async () => {
    const handler = busHandler({
      detail: Job,
      deadQueueUrl: "dead",
      action: async () => {},
      keepDead: async (_, messages) =>
        messages.map((item) => ({ item, code: "Gone", reason: "", retry: true })),
    });

    await expect(handler(event({ n: "x" }), lambdaContext())).rejects.toMatchObject({ code: "UNEXPECTED" });

    expect(output.lines()).toMatchObject([
      { level: "error", message: "event failed", code: "MESSAGE_INVALID" },
    ]);
  });
});
