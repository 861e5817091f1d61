import { join } from "node:path";
import { afterEach } from "vitest";
import { visibilitySecondsOf } from "#common/manifest/visibility.ts";
import { passesFilter } from "../../aws/matching/filter-policy.ts";
import { matchesPattern } from "../../aws/matching/pattern.ts";
import { arnsOf } from "../../aws/port/arn.ts";
import { openQueues } from "../../aws/sqs/queues.ts";
import { makeClock } from "../../clock.ts";
import { localDeployment } from "../../deployment.ts";
import type { DeliveryStreams, Invocation, InvokeOptions, TableChange, TableStreams } from "../../seams.ts";
import { type FixtureFunction, makeFixture } from "../../testing/platform.ts";
import { paceOf } from "../pace.ts";
import { startSources } from "../sources.ts";

export type Record = { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } };
export type Event = { Records: Record[] } & { [name: string]: unknown };
export type Call = { name: string; event: Event; options: InvokeOptions | undefined };
export type Handler = (event: Event, call: number) => unknown;

export const deployment = localDeployment("http://localhost:4566");
export const nothing = { code: "" };

export const fakeStreams = (changes: TableChange[]): TableStreams & { saved: string[] } => {
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

export const change = (sequence: number): TableChange => ({
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

/** Sources without a delivery stream among them never ask it. */
const NO_DELIVERY_STREAMS: DeliveryStreams = {
  take: async () => undefined,
  settle: async () => {},
  fail: async () => {},
  release: () => {},
  throttle: () => {},
  depth: () => ({ waiting: 0, buffered: 0 }),
};

export const worker = (trigger: object = {}, more: object = {}): FixtureFunction => ({
  ...nothing,
  timeoutSeconds: 10,
  triggers: [{ type: "queue", queue: "work", ...trigger }],
  ...more,
});
export const bodies = ({ event }: Call): string[] => event.Records.map(({ body }) => body);

/** Event sources for each test that sets them up; they are stopped after the test. */
export const useSources = () => {
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
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queues.arnOf(`${work}-dead`),
        maxReceiveCount: 3,
      }),
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
          deliveryStreams: NO_DELIVERY_STREAMS,
          streamCountOf: () => 1,
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

  return setup;
};
