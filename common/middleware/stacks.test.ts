import type { DynamoDBRecord, EventBridgeEvent, FirehoseTransformationEvent } from "aws-lambda";
import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { AppError } from "#common/errors/app-error.ts";
import { lambdaContext, sqsEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { validator } from "#common/validation/schema.ts";
import { busHandler } from "./bus.ts";
import { deliveryStreamHandler } from "./delivery-stream.ts";
import { type Failure, type Message, queueHandler } from "./queue.ts";
import { reasonOf } from "./reason.ts";
import { tableStreamHandler } from "./table-stream.ts";

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

const failure = (messageId: string, error: unknown): Failure => ({ messageId, error });
const later = () => new AppError("DEPENDENCY_FAILED", { internal: "Unprocessed" });
const never = () => new AppError("NOT_FOUND", { internal: "gone for good" });

describe("the queue stack", () => {
  const setup = ({
    deed = async () => [],
    refuses = () => false,
  }: {
    deed?: (messages: Message<Job>[]) => Promise<Failure[]>;
    refuses?: (message: QueueMessage) => boolean;
  } = {}) => {
    const dead: QueueMessage[] = [];
    const given: Message<Job>[] = [];
    const handler = queueHandler({
      message: Job,
      deadQueueUrl: "dead",
      deed: async (messages) => {
        given.push(...messages);
        return deed(messages);
      },
      keepDead: async (_, messages) => {
        dead.push(...messages.filter((message) => !refuses(message)));
        return messages.filter(refuses).map((item) => ({ item, code: "later", reason: "", retry: true }));
      },
    });
    const run = async (...bodies: unknown[]) =>
      (await handler(sqsEvent(bodies), lambdaContext())).batchItemFailures.map(
        ({ itemIdentifier }) => itemIdentifier,
      );
    return { run, dead, given };
  };

  it("hands over the messages that passed, parsed, and acknowledges all", async () => {
    const { run, given, dead } = setup();

    expect(await run({ n: 1 }, { n: 2 })).toEqual([]);

    expect(given).toEqual([
      { messageId: "message-0", body: { n: 1 } },
      { messageId: "message-1", body: { n: 2 } },
    ]);
    expect(dead).toEqual([]);
  });

  it("keeps at once, and acknowledges, what can never succeed, with code and reason", async () => {
    const { run, dead } = setup({ deed: async () => [failure("message-2", never())] });

    expect(await run("{", { n: "x", m: 1 }, { n: 1 })).toEqual([]);

    expect(dead).toEqual([
      {
        body: "{",
        attributes: {
          code: "MESSAGE_NOT_JSON",
          reason: "The message is not valid JSON.",
          originalMessageId: "message-0",
        },
      },
      {
        body: '{"n":"x","m":1}',
        attributes: {
          code: "MESSAGE_INVALID",
          reason:
            "The message breaks its schema.; /m is not a known field; /n must be integer, got a string of 1",
          originalMessageId: "message-1",
        },
      },
      {
        body: '{"n":1}',
        attributes: {
          code: "NOT_FOUND",
          reason: "There is no such thing, or it is not yours.; gone for good",
          originalMessageId: "message-2",
        },
      },
    ]);
    expect(output.lines().at(-1)).toMatchObject({ level: "error", batchSize: 3, failed: 0, rejected: 3 });
    expect(output.metrics()[0]).toMatchObject({ MessagesRejected: 3 });
  });

  it("returns to the queue, one by one, what may succeed later", async () => {
    const { run, dead } = setup({ deed: async () => [failure("message-1", later())] });

    expect(await run({ n: 1 }, { n: 2 }, { n: 3 })).toEqual(["message-1"]);

    expect(dead).toEqual([]);
    expect(output.lines()).toHaveLength(1);
    expect(output.lines()[0]).toMatchObject({
      level: "warn",
      failed: 1,
      rejected: 0,
      internal: "Unprocessed",
    });
  });

  it("returns all that passed when the deed throws, and still keeps what is bad", async () => {
    const { run, dead } = setup({
      deed: async () => {
        throw new Error("oh");
      },
    });

    expect(await run("{", { n: 1 }, { n: 2 })).toEqual(["message-1", "message-2"]);

    expect(dead).toHaveLength(1);
  });

  it("does not bother the deed when no message passed", async () => {
    const { run, given } = setup();

    await run("{", "[]");

    expect(given).toEqual([]);
  });

  it("returns what could not even be kept", async () => {
    const { run, dead } = setup({ refuses: ({ body }) => body === "{" });

    expect(await run("{", "[")).toEqual(["message-0"]);

    expect(dead.map(({ body }) => body)).toEqual(["["]);
    expect(output.lines()[0]).toMatchObject({ failed: 1, rejected: 1 });
  });

  it("returns only what is bad when the dead-letter queue cannot be reached at all", async () => {
    const handler = queueHandler({
      message: Job,
      deadQueueUrl: "dead",
      deed: async () => [],
      keepDead: async () => {
        throw new Error("no network");
      },
    });

    const { batchItemFailures } = await handler(sqsEvent(["{", { n: 1 }]), lambdaContext());

    expect(batchItemFailures).toEqual([{ itemIdentifier: "message-0" }]);
  });

  it("tells nothing in one invocation of the one before", async () => {
    const { run } = setup({
      deed: async ([first]) => (first?.body.n === 1 ? [failure("message-0", later())] : []),
    });
    await run("{", { n: 1 });
    output.clear();

    await run({ n: 2 });

    expect(Object.keys(output.lines()[0] ?? {}).toSorted()).toEqual([
      "batchSize",
      "coldStart",
      "durationMs",
      "failed",
      "level",
      "message",
      "rejected",
      "requestId",
      "service",
      "time",
    ]);
    expect(output.lines()[0]).toMatchObject({ level: "info", failed: 0, rejected: 0, coldStart: false });
    expect(output.metrics()).toEqual([]);
  });
});

describe("an invocation whose time is over", () => {
  it("ends with its line, and what its deed notes later stands in nobody's", async () => {
    let wake = () => {};
    const slept = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const handler = queueHandler({
      message: Job,
      deadQueueUrl: "dead",
      deed: async ([first]) => {
        if (first?.body.n === 1) {
          await slept;
          return [failure("message-0", later())];
        }
        // The first invocation's deed goes on, and comes to its end, while this one runs.
        wake();
        await new Promise(setImmediate);
        return [];
      },
    });

    // Middy gives up 5 ms before the end.
    await expect(handler(sqsEvent([{ n: 1 }]), lambdaContext({ remainingMs: 6 }))).rejects.toThrow();
    await handler(sqsEvent([{ n: 2 }]), lambdaContext({ awsRequestId: "second" }));
    await new Promise(setImmediate);

    expect(output.lines().map(({ message, level }) => [message, level])).toEqual([
      ["invocation failed", "error"],
      ["batch processed", "info"],
    ]);
    expect(output.lines()[1]).toMatchObject({ requestId: "second", failed: 0 });
    expect(output.lines()[1]).not.toHaveProperty("error");
  });
});

describe("the reason on a dead letter", () => {
  it("holds nothing that SQS refuses, and has at most 1,000 characters", () => {
    const reason = reasonOf(
      new AppError("MESSAGE_INVALID", {
        errors: [{ path: "/\u0000\ud800\uffff", message: "x".repeat(2_000) }],
      }),
    );

    expect(reason.length).toBe(1_000);
    expect(reason).toContain("/\ufffd\ufffd\ufffd xxx");
  });

  it("is not cut through a character", () => {
    const reason = reasonOf(new AppError("MESSAGE_INVALID", { internal: `${"😀".repeat(600)}` }));

    expect(reason.isWellFormed()).toBe(true);
  });
});

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
  const setup = (deed: (detail: Job) => Promise<void> = async () => {}) => {
    const dead: QueueMessage[] = [];
    const handler = busHandler({
      detail: Job,
      deadQueueUrl: "dead",
      deed,
      keepDead: async (_, message) => void dead.push(message),
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
});

describe("the table stream stack", () => {
  const change = (n: number): DynamoDBRecord => ({ dynamodb: { SequenceNumber: String(n) } });

  it("takes changes in order and reports the first that fails, after which none is taken", async () => {
    const seen: string[] = [];
    const handler = tableStreamHandler(async ({ dynamodb }) => {
      seen.push(dynamodb?.SequenceNumber ?? "");
      if (dynamodb?.SequenceNumber === "2") throw new Error("oh");
    });

    const answer = await handler({ Records: [change(1), change(2), change(3)] }, lambdaContext());

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(seen).toEqual(["1", "2"]);
    expect(output.lines()[0]).toMatchObject({ level: "warn", batchSize: 3, failed: 2 });
    output.clear();

    expect(await handler({ Records: [change(4)] }, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(output.lines()[0]).toMatchObject({ level: "info", batchSize: 1, failed: 0 });
    expect(output.lines()[0]).not.toHaveProperty("error");
  });
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
    const handler = deliveryStreamHandler((data, arrivedAtMs) => {
      if (data.toString() === "bad") throw new AppError("MESSAGE_INVALID");
      return { data: `${data.toString().toUpperCase()}\n`, partitionKeys: { at: String(arrivedAtMs) } };
    });

    const { records } = await handler(event("a", "bad", "é"), lambdaContext());

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
    ]);
    expect(output.lines()[0]).toMatchObject({
      level: "error",
      batchSize: 3,
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
