import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { visibilitySecondsOf } from "#common/manifest/visibility.ts";
import { eventually } from "#common/testing/eventually.ts";
import { passesFilter } from "../aws/matching/filter-policy.ts";
import { matchesPattern } from "../aws/matching/pattern.ts";
import { arnsOf } from "../aws/port/arn.ts";
import { openQueues } from "../aws/sqs/queues.ts";
import { makeClock } from "../clock.ts";
import { localDeployment } from "../deployment.ts";
import type { Invocation, InvokeOptions, TableChange, TableStreams } from "../seams.ts";
import { type FixtureFunction, makeFixture } from "../testing/platform.ts";
import { paceOf } from "./pace.ts";
import { startSources } from "./sources.ts";

type Record = { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } };
type Event = { Records: Record[] } & { [name: string]: unknown };
type Call = { name: string; event: Event; options: InvokeOptions | undefined };
type Handler = (event: Event, call: number) => unknown;

const deployment = localDeployment("http://localhost:4566");
const nothing = { code: "" };

const fakeStreams = (changes: TableChange[]): TableStreams & { saved: string[] } => {
  const saved: string[] = [];
  return {
    saved,
    read: async (_table, after, { max, signal }) => {
      const batch = changes
        .filter((change) => BigInt(change.dynamodb.SequenceNumber) > BigInt(after))
        .slice(0, max);
      if (batch.length === 0) await new Promise((done) => signal?.addEventListener("abort", done));
      return batch;
    },
    checkpoint: () => saved.at(-1) ?? "0",
    saveCheckpoint: (_table, _reader, sequenceNumber) => void saved.push(sequenceNumber),
  };
};

const change = (sequence: number): TableChange => ({
  eventID: String(sequence),
  eventName: "INSERT",
  eventVersion: "1.1",
  eventSource: "aws:dynamodb",
  awsRegion: "us-east-1",
  eventSourceARN: "arn:stream",
  dynamodb: {
    ApproximateCreationDateTime: 1_795_000_000,
    Keys: { id: { S: String(sequence) } },
    SequenceNumber: String(sequence),
    SizeBytes: 10,
    StreamViewType: "NEW_IMAGE",
  },
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const setup = (
  functions: { [name: string]: FixtureFunction },
  handlers: { [name: string]: Handler },
  { pace = 0.001, changes = [] as TableChange[] } = {},
) => {
  const fixture = makeFixture(functions, {
    queues: { work: { description: "" } },
    tables: { things: { description: "", partitionKey: { name: "id", type: "S" }, stream: "NEW_IMAGE" } },
  });
  const declarations = fixture.declarations();
  const queues = openQueues(join(fixture.dataFolder, "queues.sqlite"), arnsOf(deployment), Date.now);
  const dead = { MessageRetentionPeriod: "1209600" };
  const work = "millrace-local-work";
  queues.create(`${work}-dead`, dead);
  queues.create(work, {
    VisibilityTimeout: String(visibilitySecondsOf(declarations, "work")),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queues.arnOf(`${work}-dead`), maxReceiveCount: 3 }),
  });
  for (const name of Object.keys(functions)) queues.create(`millrace-local-${name}-dead`, dead);
  const calls: Call[] = [];
  const streams = fakeStreams(changes);
  const invoke = async (name: string, event: unknown, options?: InvokeOptions): Promise<Invocation> => {
    const seen = event as Event;
    calls.push({ name, event: seen, options });
    try {
      return { outcome: "answered", payload: (await handlers[name]?.(seen, calls.length)) ?? null };
    } catch (error) {
      return { outcome: "failed", error: { errorType: "Error", errorMessage: String(error) } };
    }
  };
  const start = () => {
    const stopping = new AbortController();
    const sources = startSources(
      {
        declarations,
        deployment,
        invoker: { invoke },
        queues: queues.contract,
        streams,
        pace: paceOf(pace),
        clock: makeClock(),
        concurrencyMax: 10,
        signal: stopping.signal,
        log: (message, error) => {
          throw new Error(message, { cause: error });
        },
      },
      { matchesPattern, passesFilter },
    );
    const stop = async (): Promise<void> => {
      stopping.abort();
      await sources.finished;
    };
    return { sources, stop };
  };
  let running = start();
  const stop = () => running.stop();
  const restart = () => {
    running = start();
  };
  open.push(async () => {
    await stop();
    await queues.close();
    fixture.remove();
  });
  return { queues: queues.contract, calls, streams, sources: running.sources, stop, restart, work };
};

const worker = (trigger: object = {}, more: object = {}): FixtureFunction => ({
  ...nothing,
  timeoutSeconds: 10,
  triggers: [{ type: "queue", queue: "work", ...trigger }],
  ...more,
});
const bodies = ({ event }: Call): string[] => event.Records.map(({ body }) => body);

describe("a queue's messages", () => {
  it("come as Lambda's records, and are gone when the function is done", async () => {
    const { queues, calls, work } = setup({ worker: worker() }, {});

    await queues.send(work, "hello", { attributes: { kind: { DataType: "String", StringValue: "x" } } });

    await eventually(() => calls.length === 1 && queues.depth(work).inFlight === 0);
    expect(calls[0]?.event.Records).toEqual([
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: "hello",
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          kind: { stringValue: "x", dataType: "String", stringListValues: [], binaryListValues: [] },
        },
        md5OfBody: "5d41402abc4b2a76b9719d911017c592",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:millrace-local-work",
        awsRegion: "us-east-1",
      },
    ]);
    expect(queues.depth(work)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("come back one by one when the function reports them, after their visibility", async () => {
    const { queues, calls, work } = setup(
      { worker: worker({ windowSeconds: 100 }) },
      {
        worker: ({ Records }) => ({
          batchItemFailures: Records.filter(
            ({ body, attributes }) => body === "b" && attributes.ApproximateReceiveCount === "1",
          ).map(({ messageId }) => ({ itemIdentifier: messageId })),
        }),
      },
    );

    for (const body of ["a", "b", "c"]) await queues.send(work, body);

    await eventually(() => calls.length === 2);
    expect(calls.map(bodies)).toEqual([["a", "b", "c"], ["b"]]);
  });

  it.each<[string, Handler]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["answers something else", () => "done"],
    ["names a message that it did not get", () => ({ batchItemFailures: [{ itemIdentifier: "x" }] })],
  ])("all come back when the function %s, and go to the dead letters at last", async (_, handler) => {
    const { queues, calls, work } = setup({ worker: worker({ windowSeconds: 50 }) }, { worker: handler });

    for (const body of ["a", "b"]) await queues.send(work, body);

    await eventually(() => queues.depth(`${work}-dead`).visible === 2);
    expect(calls.flatMap(bodies).sort()).toEqual(["a", "a", "a", "b", "b", "b"]);
    expect(queues.depth(work)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("stay away for as long as their queue says, at AWS's own pace", async () => {
    const { queues, calls, work } = setup({ worker: worker() }, { worker: () => "bad" }, { pace: 1 });

    await queues.send(work, "a");

    await eventually(() => calls.length === 1);
    await eventually(() => queues.depth(work).inFlight === 1);
  });

  it("fill a batch of more than ten while the window is open", async () => {
    const { queues, calls, work } = setup({ worker: worker({ batchSize: 25, windowSeconds: 300 }) }, {});

    await Promise.all(Array.from({ length: 30 }, (_, at) => queues.send(work, String(at))));

    await eventually(() => calls.flatMap(bodies).length === 30);
    expect(Math.max(...calls.map((call) => bodies(call).length))).toBe(25);
  });

  it("are taken side by side while there is a backlog, up to the trigger's maximum", async () => {
    let running = 0;
    let most = 0;
    const { queues, calls, work } = setup(
      { worker: worker({ batchSize: 1, maximumConcurrency: 3 }) },
      {
        worker: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((done) => setTimeout(done, 20));
          running -= 1;
        },
      },
    );

    await Promise.all(Array.from({ length: 20 }, (_, at) => queues.send(work, String(at))));

    await eventually(() => calls.length === 20 && running === 0);
    expect(most).toBe(3);
  });

  it("that a killed platform had taken are there again at the next start", async () => {
    const { queues, calls, stop, work, restart } = setup({ worker: worker() }, {}, { pace: 1 });
    await stop();
    await queues.send(work, "a");
    await queues.receive(work, { max: 1, waitMs: 0, visibilitySeconds: 1000 });

    restart();

    await eventually(() => calls.length === 1);
    expect(calls.map(bodies)).toEqual([["a"]]);
  });

  it("that were taken are done before stopping ends, and those that failed are put back at once", async () => {
    let fail: (error: Error) => void = () => {};
    const { queues, calls, stop, work } = setup(
      { worker: worker() },
      { worker: () => new Promise((_, reject) => (fail = reject)) },
      { pace: 1 },
    );
    await queues.send(work, "a");
    await eventually(() => calls.length === 1);

    const stopped = stop();
    fail(new Error("killed"));
    await stopped;

    expect(queues.depth(work)).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });
});

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
});
