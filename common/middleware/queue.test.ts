import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { AppError } from "#common/errors/app-error.ts";
import { lambdaContext, sqsEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { validator } from "#common/validation/schema.ts";
import { type Failure, type Message, queueHandler } from "./queue.ts";

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
    action = async () => [],
    refuses = () => false,
  }: {
    action?: (messages: Message<Job>[]) => Promise<Failure[]>;
    refuses?: (message: QueueMessage) => boolean;
  } = {}) => {
    const dead: QueueMessage[] = [];
    const given: Message<Job>[] = [];
    const handler = queueHandler({
      message: Job,
      deadQueueUrl: "dead",
      action: async (messages) => {
        given.push(...messages);
        return action(messages);
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
    return { handler, run, dead, given };
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
    const { run, dead } = setup({ action: async () => [failure("message-2", never())] });

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
    const { run, dead } = setup({ action: async () => [failure("message-1", later())] });

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

  it("returns all that passed when the action throws, and still keeps what is bad", async () => {
    const { run, dead } = setup({
      action: async () => {
        throw new Error("oh");
      },
    });

    expect(await run("{", { n: 1 }, { n: 2 })).toEqual(["message-1", "message-2"]);

    expect(dead).toHaveLength(1);
  });

  it("does not bother the action when no message passed", async () => {
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
      action: async () => [],
      keepDead: async () => {
        throw new Error("no network");
      },
    });

    const { batchItemFailures } = await handler(sqsEvent(["{", { n: 1 }]), lambdaContext());

    expect(batchItemFailures).toEqual([{ itemIdentifier: "message-0" }]);
  });

  it("takes transaction ids from the messages, for line, action and dead letters", async () => {
    const { handler, given, dead } = setup();
    const event = sqsEvent([{ n: 1 }, { n: 2 }, "{", { n: 3 }]);
    for (const [index, id] of ["tx-1", "tx-1", "tx-2", "not an id"].entries()) {
      const record = event.Records[index];
      if (record) record.messageAttributes = { transactionId: { dataType: "String", stringValue: id } };
    }

    await handler({ Records: event.Records.slice(0, 2) }, lambdaContext());
    await handler({ Records: event.Records.slice(1) }, lambdaContext());

    expect(output.lines()[0]).toMatchObject({ transactionId: "tx-1" });
    expect(output.lines()[1]).toMatchObject({ transactionIds: ["tx-1", "tx-2"] });
    expect(given.map(({ transactionId }) => transactionId)).toEqual(["tx-1", "tx-1", "tx-1", undefined]);
    expect(dead.map(({ attributes }) => attributes?.transactionId)).toEqual(["tx-2"]);
  });

  it("logs nothing in one invocation of the one before", async () => {
    const { run } = setup({
      action: async ([first]) => (first?.body.n === 1 ? [failure("message-0", later())] : []),
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
