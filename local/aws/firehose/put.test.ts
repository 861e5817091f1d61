import {
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from "@aws-sdk/client-firehose";
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { permissionsFrom } from "../port/permissions.ts";
import {
  type Clients,
  clientsFor,
  failureOf,
  startTestPort,
  type TestPort,
  testDeclarations,
  testDeployment,
} from "../testing/port.ts";

const declarations = {
  ...testDeclarations,
  manifests: testDeclarations.manifests.map((manifest) =>
    manifest.name === "orders-writer"
      ? { ...manifest, access: { ...manifest.access, streams: { notes: "put" } } }
      : manifest,
  ),
  resources: {
    ...testDeclarations.resources,
    streams: {
      notes: {
        description: "",
        countSetting: "",
        topic: "news",
        undelivered: "mail",
        bucket: "files",
        partitionKeys: ["of"],
        prefix: "notes/",
        errorPrefix: "failed/",
        bufferSeconds: 60,
        transformSeconds: 1,
      },
    },
  },
};

const STREAM = "millrace-local-notes";
const TopicArn = "arn:aws:sns:us-east-1:000000000000:millrace-local-news";
let port: TestPort;
let clients: Clients;

const firehoseOf = (accessKeyId: string) =>
  new FirehoseClient({
    endpoint: port.url,
    region: "us-east-1",
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: "local" },
  });

beforeAll(async () => {
  port = await startTestPort({
    declarations,
    permissions: permissionsFrom(declarations, testDeployment),
    streamSettingsOf: () => ({ count: 2, bufferMs: 50, transformMs: 10 }),
  });
  clients = clientsFor(port.url);
});
afterAll(() => port.close());

/** The texts of the next records of a stream, taken off it. */
const taken = async (count: number, stream = STREAM): Promise<string[]> => {
  const texts: string[] = [];
  const { signal } = new AbortController();
  while (texts.length < count) {
    const batch = await port.deliveryStreams.take(stream, { waitMs: 10_000, signal });
    if (!batch) break;
    texts.push(...batch.records.map(({ data }) => data.toString()));
    const dropped = batch.records.map(({ recordId }) => ({ recordId, result: "Dropped" as const }));
    await port.deliveryStreams.settle(batch, dropped, "");
  }
  return texts;
};

const putBatch = (texts: readonly string[], stream = STREAM) =>
  firehoseOf("local").send(
    new PutRecordBatchCommand({
      DeliveryStreamName: stream,
      Records: texts.map((text) => ({ Data: Buffer.from(text) })),
    }),
  );

describe("putting records", () => {
  it("answers an id for each, in their order", async () => {
    const { RequestResponses = [], FailedPutCount } = await putBatch(['{"n":1}', '{"n":2}']);

    expect(FailedPutCount).toBe(0);
    expect(new Set(RequestResponses.map(({ RecordId }) => RecordId)).size).toBe(2);
    expect(await taken(2)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it("refuses all of a batch while the stream is throttled, inside an answer that is a success", async () => {
    port.deliveryStreams.throttle(STREAM, true);

    const answer = await putBatch(["{}", "{}"]);
    const one = await failureOf(
      firehoseOf("local").send(
        new PutRecordCommand({ DeliveryStreamName: STREAM, Record: { Data: Buffer.from("{}") } }),
      ),
    );
    port.deliveryStreams.throttle(STREAM, false);

    expect(answer.FailedPutCount).toBe(2);
    expect(answer.RequestResponses?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      "ServiceUnavailableException",
      "ServiceUnavailableException",
    ]);
    expect(one.name).toBe("ServiceUnavailableException");
  });

  it.each([
    ["501 records", Array(501).fill("{}")],
    ["a record of more than 1,024,000 bytes", ["x".repeat(1_024_001)]],
    ["more than 4 MiB", Array(5).fill("x".repeat(1_000_000))],
  ])("refuses %s", async (_, texts) => {
    expect((await failureOf(putBatch(texts))).name).toBe("InvalidArgumentException");
  });

  it("knows no stream that was not made, and lets in who was granted it alone", async () => {
    const put = (who: string) =>
      firehoseOf(who).send(
        new PutRecordCommand({ DeliveryStreamName: STREAM, Record: { Data: Buffer.from("{}") } }),
      );

    expect((await failureOf(putBatch(["{}"], "millrace-local-other"))).name).toBe(
      "ResourceNotFoundException",
    );
    expect((await failureOf(put("orders-reader"))).name).toBe("AccessDeniedException");
    await put("orders-writer");
    await taken(1);
  });

  it("goes to a stream that can be described and listed", async () => {
    const { DeliveryStreamDescription } = await firehoseOf("local").send(
      new DescribeDeliveryStreamCommand({ DeliveryStreamName: STREAM }),
    );
    const { DeliveryStreamNames } = await firehoseOf("local").send(new ListDeliveryStreamsCommand({}));

    expect(DeliveryStreamDescription).toMatchObject({
      DeliveryStreamARN: `arn:aws:firehose:us-east-1:000000000000:deliverystream/${STREAM}`,
      DeliveryStreamStatus: "ACTIVE",
    });
    expect(DeliveryStreamNames).toEqual([STREAM, `${STREAM}-1`]);
  });
});

describe("a topic's subscription", () => {
  const publish = (Message: string, stream?: string) =>
    clients.sns.send(
      new PublishCommand({
        TopicArn,
        Message,
        ...(stream === undefined
          ? {}
          : { MessageAttributes: { stream: { DataType: "String", StringValue: stream } } }),
      }),
    );

  it("puts the raw message on the stream that its attribute names, and on the first where none is named that there is", async () => {
    await publish('{"to":"none"}');
    await publish('{"to":"1"}', "1");
    await publish('{"to":"0"}', "0");
    await publish('{"to":"7"}', "7");

    expect((await taken(3)).sort()).toEqual(['{"to":"0"}', '{"to":"7"}', '{"to":"none"}']);
    expect(await taken(1, `${STREAM}-1`)).toEqual(['{"to":"1"}']);
  });

  it("tries again while the stream is throttled", async () => {
    port.deliveryStreams.throttle(STREAM, true);
    await publish('{"late":true}');
    port.deliveryStreams.throttle(STREAM, false);

    expect(await taken(1)).toEqual(['{"late":true}']);
  });

  it("that is not raw gets the envelope", async () => {
    const Endpoint = `arn:aws:firehose:us-east-1:000000000000:deliverystream/${STREAM}-1`;
    const made = await clients.sns.send(
      new SubscribeCommand({
        TopicArn: await otherTopic(),
        Protocol: "firehose",
        Endpoint,
        Attributes: { SubscriptionRoleArn: "arn:aws:iam::000000000000:role/topic" },
      }),
    );
    expect(made.SubscriptionArn).toBeDefined();
    await clients.sns.send(new PublishCommand({ TopicArn: await otherTopic(), Message: '{"a":1}' }));

    const [text = "{}"] = await eventually(
      () => taken(1, `${STREAM}-1`),
      (texts) => texts.length === 1,
    );
    expect(JSON.parse(text)).toMatchObject({ Type: "Notification", Message: '{"a":1}' });
    expect(text).not.toContain("\n");
  });

  it("needs the ARN of a stream, and a role", async () => {
    const subscribe = (Endpoint: string, Attributes: Record<string, string>) =>
      failureOf(
        clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: "firehose", Endpoint, Attributes })),
      );

    expect((await subscribe("arn:aws:sqs:us-east-1:000000000000:q", {})).name).toBe(
      "InvalidParameterException",
    );
    expect((await subscribe("arn:aws:firehose:us-east-1:000000000000:deliverystream/other", {})).name).toBe(
      "InvalidParameterException",
    );
  });
});

const otherTopic = async (): Promise<string> => {
  const { TopicArn: arn = "" } = await clients.sns.send(new CreateTopicCommand({ Name: "other-news" }));
  return arn;
};
