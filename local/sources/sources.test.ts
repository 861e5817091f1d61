import { describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { bodies, type Handler, useSources, worker } from "./testing/sources.ts";

const setup = useSources();

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
