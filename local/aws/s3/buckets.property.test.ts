import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsFor, startTestPort, type TestPort } from "../testing/port.ts";
import { type BucketAction, bucketAction, performOn } from "./testing/bucket-actions.ts";
import { BucketModel } from "./testing/bucket-model.ts";

const CANARIES = ["canary", "buckets/canary", "buckets/objects/canary", "buckets/other/canary"];
const NEIGHBOUR = { Bucket: "neighbour", Key: "x" };

describe("a bucket, whatever is done with it", { timeout: 240_000 }, () => {
  let port: TestPort;
  let made = 0;
  const s3 = () => clientsFor(port.url).s3;

  beforeAll(async () => {
    port = await startTestPort();
    for (const canary of CANARIES) writeFileSync(join(port.folder, canary), "alive");
    await s3().send(new CreateBucketCommand({ Bucket: NEIGHBOUR.Bucket }));
    await s3().send(new PutObjectCommand({ ...NEIGHBOUR, Body: "kept" }));
  });
  afterAll(() => port.close());

  /** Files that are shown below a bucket's folder, by key. */
  const shownIn = (Bucket: string): Map<string, string> => {
    const folder = join(port.folder, "buckets/objects", Bucket);
    if (!existsSync(folder)) return new Map();
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => statSync(join(folder, name)).isFile());
    return new Map(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  };

  const replay = async (actions: readonly BucketAction[]) => {
    made += 1;
    const Bucket = `property-${made}`;
    const client = s3();
    await client.send(new CreateBucketCommand({ Bucket }));
    const model = new BucketModel();
    const perform = performOn(client, Bucket, model);
    for (const action of [...actions, LIST_ALL]) {
      const [done, wanted] = await perform(action);
      expect({ action, result: done }).toEqual({ action, result: wanted });
    }
    for (const [key, text] of shownIn(Bucket)) expect([key, text]).toEqual([key, model.current(key)?.body]);
    const party = model.current("🎉");
    expect(shownIn(Bucket).get("🎉")).toBe(party?.body);
    for (const canary of CANARIES) expect(readFileSync(join(port.folder, canary), "utf8")).toBe("alive");
    const { Body } = await client.send(new GetObjectCommand(NEIGHBOUR));
    expect(await Body?.transformToString()).toBe("kept");
  };

  it("is as a plain model in memory, and nothing outside it is touched", async () => {
    await fc.assert(fc.asyncProperty(fc.array(bucketAction, { maxLength: 30 }), replay), { numRuns: 80 });
  });

  it("survives a suspended null version over which a delete marker and a put come", async () => {
    const put = { type: "put", key: "a", body: "x", condition: "none" } as const;
    const remove = { type: "delete", key: "a", condition: "none" } as const;

    await replay([
      { type: "versioning", status: "Enabled" },
      put,
      { type: "versioning", status: "Suspended" },
      put,
      remove,
      put,
    ]);
  });
});

const LIST_ALL: BucketAction = { type: "list", prefix: "", delimiter: "", max: 3 };
