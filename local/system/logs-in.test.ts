import { gzipSync } from "node:zlib";
import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import { PublishCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { lakeLines } from "../testing/logs/lake.ts";
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
