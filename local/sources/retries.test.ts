import { describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import type { TableChange } from "../seams.ts";
import type { FixtureFunction } from "../testing/platform.ts";
import { type Call, change, nothing, useSources } from "./testing/sources.ts";

const setup = useSources();

describe("an asynchronous event", () => {
  const listener = {
    ...nothing,
    timeoutSeconds: 10,
    triggers: [{ type: "bus" as const, pattern: { source: ["s"] } }],
  };
  const event = { id: "1", source: "s", "detail-type": "made" };

  it("is tried three times under one request id, then put among the dead letters", async () => {
    const { queues, calls, sources } = setup(
      { listener },
      {
        listener: () => {
          throw new Error("never");
        },
      },
    );

    await sources.listeners.onBusEvent("millrace-local-bus", event);

    await eventually(() => queues.depth("millrace-local-listener-dead").visible === 1);
    expect(calls).toHaveLength(3);
    expect(calls.map(({ event: seen }) => seen)).toEqual([event, event, event]);
    expect(new Set(calls.map(({ options }) => options?.requestId)).size).toBe(1);
    expect(calls[0]?.options?.asynchronous).toBe(true);
    const [letter] = await queues.receive("millrace-local-listener-dead", { max: 1, waitMs: 0 });
    expect(JSON.parse(letter?.body ?? "")).toEqual({
      version: "1.0",
      timestamp: expect.stringMatching(/Z$/),
      requestContext: {
        requestId: calls[0]?.options?.requestId,
        functionArn: "arn:aws:lambda:us-east-1:000000000000:function:millrace-local-listener:live",
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "Error", errorMessage: "Error: never" },
    });
  });

  it("is done when a retry succeeds", async () => {
    const { queues, calls, sources } = setup(
      { listener },
      {
        listener: (_event, call) => {
          if (call === 1) throw new Error("once");
        },
      },
    );

    await sources.listeners.onBusEvent("millrace-local-bus", event);

    await eventually(() => calls.length === 2);
    await eventually(() =>
      Object.values(queues.depth("millrace-local-listener-invocations")).every((count) => count === 0),
    );
    expect(queues.depth("millrace-local-listener-dead").visible).toBe(0);
  });

  it("waits for a function that runs as often as it may", async () => {
    let running = 0;
    let most = 0;
    const { calls, sources } = setup(
      { listener: { ...listener, concurrency: { reserved: 2 } } },
      {
        listener: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((done) => setTimeout(done, 5));
          running -= 1;
        },
      },
    );

    await Promise.all(
      Array.from({ length: 9 }, () => sources.listeners.onBusEvent("millrace-local-bus", event)),
    );

    await eventually(() => calls.length === 9 && running === 0);
    expect(most).toBe(2);
  });
});

describe("a table's changes", () => {
  const follower = (trigger: object = {}): FixtureFunction => ({
    ...nothing,
    timeoutSeconds: 10,
    triggers: [{ type: "table", table: "things", ...trigger }],
  });
  const sequences = ({ event }: Call): number[] =>
    (event.Records as unknown as TableChange[]).map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
  const changes = Array.from({ length: 6 }, (_, at) => change(at + 1));

  it("come in order, in batches, and the checkpoint follows", async () => {
    const { calls, streams } = setup({ follower: follower({ batchSize: 4 }) }, {}, { changes });

    await eventually(() => streams.saved.at(-1) === "6");
    expect(calls.map(sequences)).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
    expect(streams.saved).toEqual(["4", "6"]);
  });

  it("start again from the record that the function reports", async () => {
    const { calls, streams } = setup(
      { follower: follower() },
      { follower: (_event, call) => (call === 1 ? { batchItemFailures: [{ itemIdentifier: "4" }] } : null) },
      { changes },
    );

    await eventually(() => streams.saved.at(-1) === "6");
    expect(calls.map(sequences)).toEqual([
      [1, 2, 3, 4, 5, 6],
      [4, 5, 6],
    ]);
    expect(streams.saved).toEqual(["3", "6"]);
  });

  it("are halved until the one that fails is alone; it is given up after eleven tries and the rest goes on", async () => {
    const { queues, calls, streams } = setup(
      { follower: follower() },
      {
        follower: ({ Records }) => {
          if ((Records as unknown as TableChange[]).some(({ eventID }) => eventID === "2"))
            throw new Error("two");
        },
      },
      { changes: changes.slice(0, 4), pace: 0.0001 },
    );

    await eventually(() => streams.saved.at(-1) === "4");
    expect(calls.map(sequences)).toEqual([
      [1, 2, 3, 4],
      [1, 2],
      [1],
      ...Array.from({ length: 11 }, () => [2]),
      [3, 4],
    ]);
    const [letter] = await queues.receive("millrace-local-follower-dead", { max: 2, waitMs: 0 });
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 11 },
      responseContext: { statusCode: 200, functionError: "Unhandled" },
      DDBStreamBatchInfo: {
        startSequenceNumber: "2",
        endSequenceNumber: "2",
        batchSize: 1,
        streamArn: "arn:stream",
      },
    });
  });

  it("are not passed over when the platform stops while one fails", async () => {
    const { calls, streams, stop } = setup(
      { follower: follower({ batchSize: 1 }) },
      {
        follower: (_event, call) => {
          if (call > 1) throw new Error("down");
        },
      },
      { changes, pace: 1 },
    );
    await eventually(() => calls.length === 2);

    await stop();

    expect(streams.saved).toEqual(["1"]);
  });

  it("that do not pass the filter invoke nothing, and are not read again", async () => {
    const filter = { dynamodb: { Keys: { id: { S: ["2", "5"] } } } };
    const { calls, streams } = setup({ follower: follower({ batchSize: 4, filter }) }, {}, { changes });

    await eventually(() => streams.saved.at(-1) === "6");
    expect(calls.map(sequences)).toEqual([[2], [5]]);
    expect(streams.saved).toEqual(["2", "4", "5", "6"]);
  });

  it("move the checkpoint even when none passes the filter", async () => {
    const filter = { eventName: ["REMOVE"] };
    const { calls, streams } = setup({ follower: follower({ filter }) }, {}, { changes });

    await eventually(() => streams.saved.at(-1) === "6");
    expect(calls).toEqual([]);
  });

  it("that pass the filter are gathered for the window, up to a batch", async () => {
    const filter = { dynamodb: { Keys: { id: { S: ["1", "3", "6"] } } } };
    const trigger = { batchSize: 3, windowSeconds: 60, filter };
    const { calls } = setup({ follower: follower(trigger) }, {}, { changes, pace: 1 });

    await eventually(() => calls.length === 1);
    expect(calls.map(sequences)).toEqual([[1, 3, 6]]);
  });
});
