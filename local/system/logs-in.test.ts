import { gzipSync } from "node:zlib";
import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import { PublishCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { lakeFailures, lakeKeys, lakeLines } from "../testing/logs/lake.ts";
import { clients } from "../testing/platforms.ts";
import { type System, startSystem } from "../testing/system.ts";

let system: System;
let aws: ReturnType<typeof clients>;
let firehose: FirehoseClient;
let writer: string;

beforeAll(async () => {
  system = await startSystem({ settings: { LOG_STREAMS: "2" } });
  aws = clients(system.platform);
  firehose = new FirehoseClient({
    endpoint: system.platform.awsUrl,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  writer = await system.token(["logs.write"]);
});
afterAll(() => system.stop());

const message = (id: string, more: object = {}) => ({
  organizationID: "demo",
  logType: "web",
  id,
  server: "dspweb",
  events: [{ action: "received request", description: "on web" }],
  ...more,
});

/** The lines of these ids, as soon as the lake has all of them. */
const linesOf = (...ids: string[]) =>
  eventually(
    async () => (await lakeLines(aws.s3)).filter(({ line }) => ids.includes(line.id)),
    (lines) => new Set(lines.map(({ line }) => line.id)).size === ids.length,
    60_000,
  );

const hourFolder = (organization: string, time: Date) =>
  `logs/environment=local/organization=${organization}/logtype=web/year=${time.getUTCFullYear()}/month=${String(time.getUTCMonth() + 1).padStart(2, "0")}/day=${String(time.getUTCDate()).padStart(2, "0")}/hour=${String(time.getUTCHours()).padStart(2, "0")}/`;

const putOnStream = (data: string | Buffer, stream = "logs") =>
  firehose.send(
    new PutRecordCommand({
      DeliveryStreamName: `millrace-local-${stream}`,
      Record: { Data: Buffer.from(data) },
    }),
  );

describe("a message", () => {
  it("by every door lies in its folder, as one line", async () => {
    const now = new Date();
    const time = now.toISOString();
    const posted = await system.call("POST /logs", { token: writer, body: message("http-1", { time }) });
    const packed = await system.call("POST /logs", {
      token: writer,
      headers: { "content-type": "application/x-ndjson", "content-encoding": "gzip" },
      body: gzipSync(
        [message("nd-1", { time }), message("nd-2", { time })].map((one) => JSON.stringify(one)).join("\n"),
      ),
    });
    const TopicArn = "arn:aws:sns:us-east-1:000000000000:millrace-local-logs";
    await aws.sns.send(
      new PublishCommand({ TopicArn, Message: JSON.stringify(message("topic-1", { time })) }),
    );
    await aws.sns.send(
      new PublishCommand({
        TopicArn,
        Message: JSON.stringify(message("topic-2", { time })),
        MessageAttributes: { stream: { DataType: "String", StringValue: "1" } },
      }),
    );
    await putOnStream(
      JSON.stringify(message("glued-1", { time })) + JSON.stringify(message("glued-2", { time })),
    );
    await putOnStream(
      JSON.stringify({
        Type: "Notification",
        MessageId: "1",
        TopicArn,
        Message: [message("envelope-1", { time }), message("envelope-2", { time })]
          .map((one) => JSON.stringify(one))
          .join("\n"),
      }),
      "logs-1",
    );

    expect(posted).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
    expect(packed).toMatchObject({ status: 202, body: { accepted: 2, rejected: [] } });
    const ids = [
      "http-1",
      "nd-1",
      "nd-2",
      "topic-1",
      "topic-2",
      "glued-1",
      "glued-2",
      "envelope-1",
      "envelope-2",
    ];
    const lines = await linesOf(...ids);
    expect(lines.map(({ line }) => line.id).sort()).toEqual(ids.sort());
    for (const { key, line } of lines) {
      expect(key.startsWith(hourFolder("demo", now))).toBe(true);
      expect(line).toMatchObject({ organizationID: "demo", logType: "web", time, success: true });
    }
    expect(lines.find(({ line }) => line.id === "topic-2")?.key).toContain("/millrace-local-logs-1-1-");
  });

  it("that is a month late lies in its own hour, by an object of its own", async () => {
    const time = new Date(Date.now() - 30 * 86_400_000);

    await system.call("POST /logs", { token: writer, body: message("late-1", { time: time.toISOString() }) });

    const [found] = await linesOf("late-1");
    expect(found?.key).toContain(`${hourFolder("demo", time)}late-`);
  });
});

/** Every refused record that the queue holds by now, taken off it. */
const rejectedRecords = async () => {
  const queue = "millrace-local-logs-rejected";
  const taken = await system.platform.queues.receive(queue, { max: 10, waitMs: 0 });
  await system.platform.queues.delete(
    queue,
    taken.map(({ receiptHandle }) => receiptHandle),
  );
  return taken.map(({ body }) => JSON.parse(body));
};

describe("what breaks the rules on the stream", () => {
  const many = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => JSON.stringify(message(`${name}-${index}`))).join("");

  it("is kept with its reason, or lies in the right folder, and nothing is left under errors/", async () => {
    const organizations = ["../etc", "a=b", "%2e", "", null, 7, "a".repeat(300)];
    const bad: Record<string, string | Buffer> = {
      ...Object.fromEntries(
        organizations.map((organizationID, index) => [
          `organization-${index}`,
          JSON.stringify(message(`organization-${index}`, { organizationID })),
        ]),
      ),
      "no JSON": "not json",
      "an array": `[${JSON.stringify(message("in-array"))}]`,
      "invalid UTF-8": Buffer.concat([
        Buffer.from('{"organizationID":"demo","logType":"web","events":[{"action":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('","description":""}]}'),
      ]),
      "nested arrays": `{"organizationID":"demo","logType":"web","x":${"[".repeat(100_000)}${"]".repeat(100_000)},"events":[]}`,
      "501 glued": many(501, "too-many"),
      "an envelope in an envelope": JSON.stringify({
        Type: "Notification",
        TopicArn: "arn:t",
        Message: JSON.stringify({ Type: "Notification", TopicArn: "arn:t", Message: "{}" }),
      }),
      "a field twice": '{"organizationID":"demo","organizationID":"other","logType":"web","events":[]}',
    };
    for (const record of Object.values(bad)) await putOnStream(record);
    await putOnStream(many(500, "enough"));
    const future = await system.call("POST /logs", {
      token: writer,
      body: message("in-2199", { time: "2199-01-01T00:00:00Z" }),
    });
    const past = await system.call("POST /logs", {
      token: writer,
      body: message("in-1969", { time: "1969-01-01T00:00:00Z" }),
    });
    await putOnStream(JSON.stringify(message("large", { noise: "x".repeat(900_000) })));

    expect([future.status, past.status]).toEqual([202, 202]);
    const now = new Date();
    const lines = await linesOf("in-2199", "in-1969", "large", "enough-0", "enough-499");
    for (const { key } of lines)
      expect(key).toContain(`/organization=demo/logtype=web/year=${now.getUTCFullYear()}/`);
    expect(lines.find(({ line }) => line.id === "in-1969")?.line.sentTime).toBe("1969-01-01T00:00:00.000Z");
    const rejected: { code: string; reason: string; raw: string; encoding?: string }[] = [];
    await eventually(
      async () => rejected.push(...(await rejectedRecords())),
      () => rejected.length >= Object.keys(bad).length,
      60_000,
    );
    expect(rejected).toHaveLength(Object.keys(bad).length);
    for (const { code, reason } of rejected) {
      expect(code).toMatch(/^MESSAGE_(INVALID|NOT_JSON)$/);
      expect(reason.length).toBeGreaterThan(10);
    }
    expect(rejected.filter(({ reason }) => reason.includes("/organizationID")).length).toBeGreaterThanOrEqual(
      7,
    );
    expect(rejected.filter(({ reason }) => reason.includes("envelope"))).toHaveLength(1);
    expect(rejected.filter(({ reason }) => reason.includes("500 messages"))).toHaveLength(1);
    expect(rejected.filter(({ encoding }) => encoding === "base64")).toHaveLength(1);
    await eventually(
      () => lakeKeys(aws.s3, "errors/"),
      (keys) => keys.length === 0,
      30_000,
    );
    expect(await lakeFailures(aws.s3)).toEqual([]);
    expect(
      (await lakeKeys(aws.s3, "logs/")).filter(
        (key) => !/organization=demo\/logtype=(web|platform)\//.test(key),
      ),
    ).toEqual([]);
  });

  it("over HTTP is answered by its place, and the good ones are taken", async () => {
    const body = [
      message("mixed-1"),
      message("mixed-2", { organizationID: "other" }),
      message("mixed-3", { logType: "platform" }),
      { nothing: true },
    ];

    const reply = await system.call("POST /logs", { token: writer, body });

    expect(reply).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: [{ index: 1 }, { index: 2 }, { index: 3 }] },
    });
    await linesOf("mixed-1");
  });

  it("is 413 for a gzip bomb, of which no more than a megabyte is unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, 32));

    const reply = await system.call("POST /logs", {
      token: writer,
      headers: { "content-type": "application/x-ndjson" },
      body: bomb,
    });

    expect(reply.status).toBe(413);
  });
});
