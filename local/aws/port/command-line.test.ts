import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeClock } from "../../clock.ts";
import { startTestPort, type TestPort } from "../testing/port.ts";
import { hashOf } from "./signature.ts";

const run = promisify(execFile);
const isThere = spawnSync("aws", ["--version"]).status === 0;

describe.skipIf(!isThere)("the `aws` command line", { timeout: 60_000 }, () => {
  let port: TestPort;
  const folder = mkdtempSync(join(tmpdir(), "aws-command-"));
  let shiftMs = 0;
  beforeAll(async () => {
    // Version 1 of the command line would presign as S3 did before signature version 4.
    writeFileSync(join(folder, "config"), "[default]\ns3 =\n  signature_version = s3v4\n");
    port = await startTestPort({ clock: makeClock(() => Date.now() + shiftMs) });
  });
  afterAll(async () => {
    await port.close();
    rmSync(folder, { recursive: true });
  });
  const aws = async (...words: string[]): Promise<string> => {
    const credentials = {
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_DEFAULT_REGION: "us-east-1",
    };
    const env = {
      ...process.env,
      ...credentials,
      AWS_CONFIG_FILE: join(folder, "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
    };
    return (await run("aws", ["--endpoint-url", port.url, "--output", "json", ...words], { env })).stdout;
  };

  it("lists tables", async () => {
    expect(JSON.parse(await aws("dynamodb", "list-tables")).TableNames).toContain("millrace-local-orders");
  });

  it("sends and receives", async () => {
    const queue = ["--queue-url", `${port.url}/000000000000/millrace-local-mail`];
    const attributes = JSON.stringify({ kind: { DataType: "String", StringValue: "x" } });
    await aws(
      "sqs",
      "send-message",
      ...queue,
      "--message-body",
      "hello & <you>",
      "--message-attributes",
      attributes,
    );

    const { Messages } = JSON.parse(
      await aws("sqs", "receive-message", ...queue, "--message-attribute-names", "All"),
    );

    expect(Messages[0]).toMatchObject({
      Body: "hello & <you>",
      MessageAttributes: { kind: { StringValue: "x" } },
    });
  });

  it.each([
    ["ec2", "describe-instances"],
    ["iam", "list-users"],
    ["lambda", "list-functions"],
    ["cloudwatch", "list-metrics"],
    ["route53", "list-hosted-zones"],
    ["scheduler", "list-schedules"],
  ])("reads that there is no %s here", async (...words) => {
    const output = await aws(...words).catch((error: { stderr: string }) => error.stderr);

    expect(output).toMatch(/\(UnknownOperationException\).*No service \w+ here/);
  });

  it("publishes and puts events", async () => {
    await aws(
      "sns",
      "publish",
      "--topic-arn",
      "arn:aws:sns:us-east-1:000000000000:millrace-local-news",
      "--message",
      "news",
    );
    const entries = [
      { EventBusName: "millrace-local-bus", Source: "shell", DetailType: "Done", Detail: "{}" },
    ];
    const { FailedEntryCount } = JSON.parse(
      await aws("events", "put-events", "--entries", JSON.stringify(entries)),
    );

    expect(FailedEntryCount).toBe(0);
    expect(port.notified.topics.map(({ message }) => message.Message)).toEqual(["news"]);
    expect(port.notified.events.map(({ event }) => event.source)).toEqual(["shell"]);
  });

  it("makes presigned URLs that work until they expire, and only for their object", async () => {
    writeFileSync(join(folder, "small"), "small");
    await aws("s3", "cp", "--quiet", join(folder, "small"), "s3://millrace-local-files/small.txt");
    const url = (
      await aws("s3", "presign", "s3://millrace-local-files/small.txt", "--expires-in", "60")
    ).trim();

    expect(await (await fetch(url)).text()).toBe("small");
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(403);
    expect((await fetch(url.replace("small.txt", "other.txt"))).status).toBe(403);
    shiftMs = 61_000;
    expect((await fetch(url)).status).toBe(403);
    shiftMs = 0;
    await aws("s3", "rm", "--quiet", "s3://millrace-local-files/small.txt");
  });

  it("copies a file that takes several parts, there and back", async () => {
    const bytes = Buffer.alloc(9 * 1024 * 1024, "0123456789");
    writeFileSync(join(folder, "up"), bytes);

    await aws("s3", "cp", "--quiet", join(folder, "up"), "s3://millrace-local-files/some folder/up.bin");
    await aws("s3", "cp", "--quiet", "s3://millrace-local-files/some folder/up.bin", join(folder, "down"));
    const { Contents } = JSON.parse(
      await aws("s3api", "list-objects-v2", "--bucket", "millrace-local-files"),
    );

    expect(hashOf(readFileSync(join(folder, "down")))).toBe(hashOf(bytes));
    expect(Contents.map(({ Key }: { Key: string }) => Key)).toEqual(["some folder/up.bin"]);
  });

  it("moves a file that takes several parts, without its bytes coming by", async () => {
    const bytes = Buffer.alloc(17 * 1024 * 1024, "9876543210");
    writeFileSync(join(folder, "big"), bytes);
    await aws("s3", "cp", "--quiet", join(folder, "big"), "s3://millrace-local-files/from.bin");

    await aws(
      "s3",
      "mv",
      "--quiet",
      "s3://millrace-local-files/from.bin",
      "s3://millrace-local-files/to/there.bin",
    );

    const where = ["--bucket", "millrace-local-files", "--key", "to/there.bin"];
    const { ETag } = JSON.parse(await aws("s3api", "head-object", ...where));
    expect(JSON.parse(ETag)).toMatch(/-3$/);
    await aws("s3", "cp", "--quiet", "s3://millrace-local-files/to/there.bin", join(folder, "there"));
    expect(hashOf(readFileSync(join(folder, "there")))).toBe(hashOf(bytes));
    const { Contents } = JSON.parse(
      await aws("s3api", "list-objects-v2", "--bucket", "millrace-local-files", "--prefix", "from"),
    ) as { Contents?: object[] };
    expect(Contents ?? []).toEqual([]);
  });
});

it.runIf(!isThere)("the `aws` command line is not on PATH, so nothing was tried with it", () => {
  expect(isThere).toBe(false);
});
