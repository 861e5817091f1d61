import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bucketAnchors } from "#common/events/anchors/anchor-bucket.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import { permissionsFrom } from "../port/permissions.ts";
import { clientsFor, failureOf, startTestPort, type TestPort, testDeployment } from "../testing/port.ts";

const Bucket = "millrace-local-lake";
const Key = "anchors/2025/01/31.json";
const DAY_MS = 86_400_000;

/** The lake as the platform declares it, with what its functions may do, and an anchor in it. */
describe("an anchor in the lake", () => {
  let port: TestPort;
  let operator: S3Client;
  let VersionId: string;
  const declarations = loadDeclarations("functions");
  beforeAll(async () => {
    port = await startTestPort({ declarations, permissions: permissionsFrom(declarations, testDeployment) });
    operator = clientsFor(port.url).s3;
    vi.stubEnv("AWS_ENDPOINT_URL", port.url.replace("localhost", "127.0.0.1"));
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "events-anchor");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
    await bucketAnchors(Bucket).put(Key, Buffer.from("{}"));
    const { Versions } = await operator.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
    VersionId = Versions?.[0]?.VersionId ?? "";
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await port.close();
  });
  const anchor = async () => {
    const { Body } = await operator.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return Body?.transformToString();
  };

  it("lies in a bucket with versions and object lock, which cannot be taken back", async () => {
    expect(await operator.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({
      Status: "Enabled",
    });
    const { ObjectLockConfiguration } = await operator.send(
      new GetObjectLockConfigurationCommand({ Bucket }),
    );
    expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: "Enabled" });
    const suspend = new PutBucketVersioningCommand({
      Bucket,
      VersioningConfiguration: { Status: "Suspended" },
    });
    expect((await failureOf(operator.send(suspend))).name).toBe("InvalidBucketState");
  });

  it("is kept for seven years", async () => {
    const { Retention } = await operator.send(new GetObjectRetentionCommand({ Bucket, Key }));
    expect(Retention?.Mode).toBe("GOVERNANCE");
    const years = ((Retention?.RetainUntilDate?.getTime() ?? 0) - Date.now()) / (365.25 * DAY_MS);
    expect(years).toBeGreaterThan(6.98);
    expect(years).toBeLessThan(7.02);
  });

  it("is not written over by the function that wrote it", async () => {
    expect(await bucketAnchors(Bucket).put(Key, Buffer.from("other"))).toBe(false);
    expect(await anchor()).toBe("{}");
  });

  it("cannot be deleted by a function, nor by the operator without the bypass", async () => {
    for (const name of declarations.manifests.map((manifest) => manifest.name)) {
      const { s3 } = clientsFor(port.url, name);
      const failure = await failureOf(
        s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true })),
      );
      expect([name, failure.name]).toEqual([name, "AccessDenied"]);
    }
    const plain = await failureOf(operator.send(new DeleteObjectCommand({ Bucket, Key, VersionId })));
    expect([plain.name, plain.status, plain.error.message]).toEqual([
      "AccessDenied",
      403,
      "Access Denied because object protected by object lock.",
    ]);
    const many = await operator.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId }] } }),
    );
    expect(many.Errors?.map(({ Code }) => Code)).toEqual(["AccessDenied"]);
    expect(await anchor()).toBe("{}");
  });

  it("is still there under a delete marker and behind a newer version", async () => {
    await operator.send(new PutObjectCommand({ Bucket, Key, Body: "newer" }));
    await operator.send(new DeleteObjectCommand({ Bucket, Key }));

    expect(await anchor()).toBe("{}");
  });

  it("keeps its lock against a shorter one, and takes a longer one", async () => {
    const retain = (days: number, more = {}) =>
      operator.send(
        new PutObjectRetentionCommand({
          Bucket,
          Key,
          VersionId,
          Retention: { Mode: "GOVERNANCE", RetainUntilDate: new Date(Date.now() + days * DAY_MS) },
          ...more,
        }),
      );

    expect((await failureOf(retain(30))).name).toBe("AccessDenied");
    await retain(3000);
    const { Retention } = await operator.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId }));
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThan(Date.now() + 2999 * DAY_MS);
    // The operator may with the header that bypasses governance mode.
    await retain(1, { BypassGovernanceRetention: true });
    await operator.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));
    expect((await failureOf(anchor())).name).toBe("NoSuchVersion");
  });
});
