// The way of a log message into the lake: what the transformer costs a record, and what a line costs on its way to the
// stream. CPU time of this thread; the network's other end is a thread of its own.
import { once } from "node:events";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { makeKeepTraces } from "../common/logs/trace/keep-traces.ts";
import { makeTransformRecords } from "../functions/logs-transformer/transform-records.ts";
import { median, type Row } from "./row.ts";

const ROUNDS = 7;
const RECORDS = 1_000;
const LINES = 10_000;

/** A UUID, with the letters that most have. */
const id = (index: number) => `0199aa5b-1a2b-7abc-8def-a${String(index).padStart(7, "0")}beef`;

/** Two events, as a request and a call make them: about 500 bytes. */
const messageOf = (index: number) => ({
  organizationID: `organization-${index % 20}`,
  logType: ["web", "app", "agw", "hub"][index % 4],
  id: `${id(index % 7)}.${index}`,
  time: "2026-11-21T16:33:01.123Z",
  transactionId: id(index),
  server: "dspweb",
  events: [
    {
      action: "received request",
      description: "request received on the members' app",
      type: "request",
      detail: { path: `/accounts/${index % 97}`, method: "GET", agent: "Firefox" },
    },
    {
      action: "asked gateway",
      description: "asked for the balance",
      type: "call",
      detail: { to: "dspagw", durationMs: index % 50 },
    },
  ],
});

/** Microseconds of CPU that the work takes for one of `count` things: the median of some rounds, in turn with its peer. */
const inTurn = async (count: number, works: readonly (() => unknown)[]): Promise<number[]> => {
  const times = works.map((): number[] => []);
  for (const work of works) for (let warm = 0; warm < 3; warm += 1) await work();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const before = process.threadCpuUsage();
      await work();
      const { user, system } = process.threadCpuUsage(before);
      times[index]?.push((user + system) / count);
    }
  }
  return times.map(median);
};

const transformer = async (): Promise<Row[]> => {
  const arrivedAtMs = Date.parse("2026-11-21T16:33:02.000Z");
  const records = Array.from({ length: RECORDS }, (_, index) => ({
    recordId: `record-${index}`,
    data: Buffer.from(JSON.stringify(messageOf(index))),
    arrivedAtMs,
  }));
  const transformWith = (keepTraces: Parameters<typeof makeTransformRecords>[0]["keepTraces"]) =>
    makeTransformRecords({
      environment: "bench",
      logDays: 400,
      keepTraces,
      sendLate: async () => ({ refused: new Set<string>(), reason: "" }),
      putBack: async () => ({ refused: [], reason: "" }),
    });
  const alone = transformWith(async () => new Map());
  const traced = transformWith(
    makeKeepTraces({ putRows: async () => [], sendRows: async () => [], putFile: async () => {} }),
  );
  let lines = 0;
  const plain = () => {
    lines = 0;
    for (const { data } of records) {
      lines += JSON.stringify(JSON.parse(data.toString("utf8"))).length > 0 ? 1 : 0;
    }
  };
  const answers = await alone(records);
  plain();
  if (lines !== RECORDS || answers.some((answer) => !("data" in answer)))
    throw new Error("a record was not transformed");

  const [ours = Number.NaN, withTraces = Number.NaN, theirs = Number.NaN] = await inTurn(RECORDS, [
    () => alone(records),
    () => traced(records),
    plain,
  ]);
  const row = { against: "JSON.parse and JSON.stringify", unit: "records/s", theirs: 1e6 / theirs };
  return [
    {
      what: "logs: transformer, a record of 500 B",
      ...row,
      ours: 1e6 / ours,
      ratio: theirs / ours,
      goal: "≥ 0.5",
    },
    {
      what: "logs: the same with the rows of its trace",
      ...row,
      ours: 1e6 / withTraces,
      ratio: theirs / withTraces,
      goal: "–",
    },
  ];
};

const stream = async (): Promise<Row[]> => {
  const worker = new Worker(resolve(import.meta.dirname, "stub-stream.mjs"));
  const [{ port }] = (await once(worker, "message")) as [{ port: number }];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
  });
  try {
    const { logStream } = await import("../common/logs/stream/log-stream.ts");
    const { firehose } = await import("../common/aws/firehose.ts");
    const { PutRecordBatchCommand } = await import("@aws-sdk/client-firehose");
    const put = logStream("bench-logs", 1);
    const messages = Array.from({ length: LINES }, (_, index) => ({
      organizationID: "demo",
      json: JSON.stringify(messageOf(index)),
    }));
    const glued = async () => {
      const { refused } = await put(messages);
      if (refused.length > 0) throw new Error("the stream refused messages");
    };
    const single = async () => {
      for (let start = 0; start < LINES; start += 500) {
        const Records = messages
          .slice(start, start + 500)
          .map(({ json }) => ({ Data: Buffer.from(`${json}\n`) }));
        const { FailedPutCount } = await firehose().send(
          new PutRecordBatchCommand({ DeliveryStreamName: "bench-logs", Records }),
        );
        if (FailedPutCount !== 0) throw new Error("the stream refused records");
      }
    };
    const [ours = Number.NaN, theirs = Number.NaN] = await inTurn(LINES, [glued, single]);
    return [
      {
        what: "logs: lines to the stream in a CPU second",
        against: "an SDK record each",
        ours: 1e6 / ours,
        theirs: 1e6 / theirs,
        unit: "lines/s",
        ratio: theirs / ours,
        goal: "≥ 1.3",
      },
    ];
  } finally {
    await worker.terminate();
  }
};

export const run = async (): Promise<Row[]> => [...(await transformer()), ...(await stream())];
