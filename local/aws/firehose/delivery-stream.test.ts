import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import type { TransformBatch } from "../../seams.ts";
import { arnsOf } from "../port/arn.ts";
import { testDeployment } from "../testing/port.ts";
import { openFirehose } from "./service.ts";
import type { StreamSettings } from "./stream.ts";

const settings: StreamSettings = {
  name: "notes",
  bucket: "lake",
  prefix: "notes/of=!{partitionKeyFromLambda:of}/",
  errorPrefix: "failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
  bufferMs: 50,
  bufferBytes: 1_000,
  transformMs: 10,
  transformBytes: 100,
  partitionsMax: 3,
};
const NOW = Date.parse("2026-11-21T16:33:01.123Z");

const folders: string[] = [];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "firehose-"));
  folders.push(folder);
  return folder;
};

const setup = ({
  folder = newFolder(),
  failing = 0,
  ...more
}: { folder?: string; failing?: number } & Partial<StreamSettings> = {}) => {
  const objects = new Map<string, string>();
  let failures = failing;
  const firehose = openFirehose({
    file: join(folder, "streams.sqlite"),
    arns: arnsOf(testDeployment),
    putFile: async (_bucket, key, body) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error("S3 does not answer");
      }
      objects.set(key, (key.endsWith(".gz") ? gunzipSync(body) : body).toString());
    },
    log: () => {},
    now: () => NOW,
  });
  firehose.ensure({ ...settings, ...more });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await firehose.service.close?.();
  };
  closers.push(close);
  const { signal } = new AbortController();
  const take = () => firehose.contract.take("notes", { waitMs: 5_000, signal });
  const put = (text: string) => firehose.put("notes", Buffer.from(text));
  /** Has each record delivered to the folder that it names. */
  const deliver = async (batch: TransformBatch | undefined) => {
    if (!batch) throw new Error("nothing was taken");
    const results = batch.records.map(({ recordId, data }) => ({
      recordId,
      result: "Ok" as const,
      data: Buffer.from(`${data}\n`),
      partitionKeys: { of: String(JSON.parse(data.toString()).of ?? "") },
    }));
    await firehose.contract.settle(batch, results, "arn:function");
  };
  return { firehose, objects, close, folder, take, put, deliver };
};

const failuresIn = (objects: Map<string, string>) =>
  [...objects].flatMap(([key, text]) =>
    key.startsWith("failed/")
      ? text
          .trim()
          .split("\n")
          .map((line) => ({ key, ...JSON.parse(line) }))
      : [],
  );

describe("a delivery stream", () => {
  it("delivers what the function names into its folders, packed, under Firehose's names", async () => {
    const { objects, take, put, deliver } = setup();
    await put('{"of":"a","n":1}{"of":"b"}\n{"of":"a","n":2}');

    await deliver(await take());

    await eventually(
      () => objects.size,
      (size) => size === 2,
    );
    const [a = "", b = ""] = [...objects.keys()].sort();
    expect(a).toMatch(/^notes\/of=a\/notes-1-2026-11-21-16-33-01-[0-9a-f-]{36}\.gz$/);
    expect(b).toContain("notes/of=b/");
    expect(objects.get(a)).toBe('{"of":"a","n":1}\n{"of":"a","n":2}\n');
  });

  it("keeps what the function refuses, what has no folder, and what opens a folder too many, by the kind of error", async () => {
    const { objects, take, put, deliver, firehose } = setup({ bufferMs: 500, transformBytes: 10_000 });
    await put(["a", "b", "c", "d", "a", ""].map((of) => JSON.stringify({ of })).join(""));
    await deliver(await take());
    await put('{"of":"refused"}');
    const batch = await take();
    if (!batch) throw new Error("nothing was taken");
    const refused = batch.records.map(({ recordId }) => ({ recordId, result: "ProcessingFailed" as const }));
    await firehose.contract.settle(batch, refused, "arn:function");

    await eventually(
      () => objects.size,
      (size) => size === 5,
    );
    expect(
      failuresIn(objects)
        .map(({ key, errorCode, rawData }) => [
          key.split("/")[1],
          errorCode,
          Buffer.from(rawData, "base64").toString(),
        ])
        .sort(),
    ).toEqual([
      ["activePartitionExceeded", "DynamicPartitioning.ActivePartitionLimitExceeded", '{"of":"d"}'],
      ["processing-failed", "DynamicPartitioning.MetadataExtractionFailed", '{"of":""}'],
      ["processing-failed", "Lambda.ProcessingFailedStatus", '{"of":"refused"}'],
    ]);
  });

  it("keeps a batch that its function never answered, with attempts and reason", async () => {
    const { objects, take, put, firehose } = setup();
    await put('{"of":"a"}');
    const batch = await take();
    if (!batch) throw new Error("nothing was taken");

    await firehose.contract.fail(batch, {
      errorCode: "Lambda.FunctionError",
      errorMessage: "boom",
      attempts: 4,
      functionArn: "arn:function",
    });

    await eventually(
      () => objects.size,
      (size) => size === 1,
    );
    expect(failuresIn(objects)).toMatchObject([
      {
        key: expect.stringMatching(/^failed\/processing-failed\/2026\/11\/21\/16\/notes-1-2026-/),
        attemptsMade: 4,
        arrivalTimestamp: NOW,
        errorCode: "Lambda.FunctionError",
        errorMessage: "boom",
        rawData: Buffer.from('{"of":"a"}').toString("base64"),
        lambdaArn: "arn:function",
      },
    ]);
  });

  it("keeps a record that cannot be parted without asking its function", async () => {
    const { objects, put, firehose } = setup();

    await put('[{"of":"a"}]');

    await eventually(
      () => objects.size,
      (size) => size === 1,
    );
    expect(failuresIn(objects)).toMatchObject([
      { errorCode: "DynamicPartitioning.RecordDeaggregationFailed" },
    ]);
    expect(firehose.contract.depth("notes").waiting).toBe(0);
  });

  it("drops what went another way", async () => {
    const { objects, take, put, firehose } = setup();
    await put('{"of":"a"}');
    const batch = await take();
    if (!batch) throw new Error("nothing was taken");

    const dropped = batch.records.map(({ recordId }) => ({ recordId, result: "Dropped" as const }));
    await firehose.contract.settle(batch, dropped, "");

    expect(firehose.contract.depth("notes")).toEqual({ waiting: 0, buffered: 0 });
    expect(objects.size).toBe(0);
  });

  it("hands out no more bytes at once than its function takes, in order", async () => {
    const { take, put } = setup();
    await put(Array.from({ length: 20 }, (_, n) => JSON.stringify({ of: "a", n })).join(""));

    const [first, second] = [await take(), await take()];

    const numbers = [first, second].map((batch) =>
      (batch?.records ?? []).map(({ data }) => JSON.parse(data.toString()).n),
    );
    expect(numbers[0]?.length).toBeGreaterThan(1);
    expect(numbers[0]?.length).toBeLessThan(20);
    expect(numbers.flat()).toEqual(numbers.flat().map((_, index) => index));
  });

  it("tries a folder again that S3 did not take", async () => {
    const { objects, take, put, deliver } = setup({ failing: 1 });
    await put('{"of":"a"}');

    await deliver(await take());

    await eventually(
      () => objects.size,
      (size) => size === 1,
      20_000,
    );
  });

  it("has after a restart what it had not delivered, whether its function had it or not", async () => {
    const first = setup({ bufferMs: 60_000 });
    await first.put('{"of":"delivered-later"}');
    await first.deliver(await first.take());
    await first.put('{"of":"taken"}');
    await first.take();
    await first.put('{"of":"waiting"}');
    await first.close();

    const second = setup({ folder: first.folder });
    await second.deliver(await second.take());
    await second.deliver(
      second.firehose.contract.depth("notes").waiting > 0
        ? await second.take()
        : { stream: "notes", records: [] },
    );

    await eventually(
      () => second.objects.size,
      (size) => size === 3,
    );
    expect([...second.objects.keys()].map((key) => key.split("/")[1]).sort()).toEqual([
      "of=delivered-later",
      "of=taken",
      "of=waiting",
    ]);
  });
});
