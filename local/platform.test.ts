import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { answering, clients, printed, printing, usePlatforms, WITH_SDK } from "./testing/platforms.ts";

const { setup } = usePlatforms();

describe("every kind of trigger", () => {
  it("starts its function with the event that AWS would give", async () => {
    const { fixture, platform } = await setup(
      {
        route: {
          code: answering(""),
          timeoutSeconds: 5,
          triggers: [{ type: "http", route: "GET /things/{id}", role: null }],
        },
        queue: printing({ triggers: [{ type: "queue", queue: "work" }] }),
        topic: printing({ triggers: [{ type: "topic", topic: "logs", filter: { kind: ["app"] } }] }),
        bucket: printing({
          triggers: [{ type: "bucket", bucket: "delivery", events: ["s3:ObjectCreated:*"], prefix: "in/" }],
        }),
        bus: printing({ triggers: [{ type: "bus", pattern: { source: ["millrace.test"] } }] }),
        table: printing({ triggers: [{ type: "table", table: "things" }] }),
      },
      {
        queues: { work: { description: "" } },
        topics: { logs: { description: "" } },
        buckets: { delivery: { description: "" } },
        tables: {
          things: { description: "", partitionKey: { name: "id", type: "S" }, stream: "NEW_IMAGE" },
        },
      },
    );
    const { sqs, sns, s3, events, dynamodb, queueUrl } = clients(platform);

    const answer = await fetch(`${platform.url}/things/7`);
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl("work"), MessageBody: "to the queue" }));
    const TopicArn = "arn:aws:sns:us-east-1:000000000000:millrace-local-logs";
    for (const kind of ["app", "audit"]) {
      const MessageAttributes = { kind: { DataType: "String", StringValue: kind } };
      await sns.send(new PublishCommand({ TopicArn, Message: `to the topic ${kind}`, MessageAttributes }));
    }
    for (const Key of ["out/a.csv", "in/a b.csv"]) {
      await s3.send(new PutObjectCommand({ Bucket: "millrace-local-delivery", Key, Body: "x" }));
    }
    await events.send(
      new PutEventsCommand({
        Entries: ["millrace.test", "millrace.other"].map((Source) => ({
          EventBusName: "millrace-local-bus",
          Source,
          DetailType: "made",
          Detail: '{"id":"e-1"}',
        })),
      }),
    );
    await dynamodb.send(
      new PutItemCommand({ TableName: "millrace-local-things", Item: { id: { S: "row-1" } } }),
    );

    expect(await answer.json()).toMatchObject({ pathParameters: { id: "7" } });
    expect(JSON.parse(await printed(fixture, "queue")).Records[0]).toMatchObject({
      body: "to the queue",
      eventSource: "aws:sqs",
    });
    expect(JSON.parse(await printed(fixture, "topic")).Records[0]).toMatchObject({
      EventSource: "aws:sns",
      Sns: { Message: "to the topic app", TopicArn },
    });
    expect(JSON.parse(await printed(fixture, "bucket")).Records[0]).toMatchObject({
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: "millrace-local-delivery" }, object: { key: "in/a+b.csv", size: 1 } },
    });
    expect(JSON.parse(await printed(fixture, "bus"))).toMatchObject({
      source: "millrace.test",
      "detail-type": "made",
      detail: { id: "e-1" },
    });
    expect(JSON.parse(await printed(fixture, "table")).Records[0]).toMatchObject({
      eventSource: "aws:dynamodb",
      eventName: "INSERT",
      dynamodb: { NewImage: { id: { S: "row-1" } } },
    });
  });
});

describe("a function", () => {
  const sending = (queue: string): string => `${WITH_SDK}
    const { SQSClient, SendMessageCommand } = load("@aws-sdk/client-sqs");
    const client = new SQSClient({});
    exports.handler = async () => {
      const url = process.env.ALLOWED_QUEUE_URL.replace("allowed", ${JSON.stringify(queue)});
      try {
        await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "x" }));
        return { statusCode: 200, body: "sent" };
      } catch (error) {
        return { statusCode: 200, body: error.name };
      }
    };`;

  it("may do what its manifest grants, and nothing else", async () => {
    const access = { queues: { allowed: "send" } };
    const { platform } = await setup(
      {
        one: {
          code: sending("allowed"),
          access,
          triggers: [{ type: "http", route: "GET /one", role: null }],
        },
        two: { code: sending("other"), access, triggers: [{ type: "http", route: "GET /two", role: null }] },
      },
      { queues: { allowed: { description: "" }, other: { description: "" } } },
    );

    expect(await (await fetch(`${platform.url}/one`)).text()).toBe("sent");
    expect(await (await fetch(`${platform.url}/two`)).text()).toMatch(/AccessDenied/);
    expect(platform.queues.depth("millrace-local-allowed").visible).toBe(1);
  });

  it("is swapped without a restart", async () => {
    const answer = (text: string) => `exports.handler = async () => ({ statusCode: 200, body: "${text}" })`;
    const { platform, fixture } = await setup({
      page: { code: answer("old"), triggers: [{ type: "http", route: "GET /", role: null }] },
    });
    const body = async () => (await fetch(`${platform.url}/`)).text();
    expect(await body()).toBe("old");

    fixture.writeBundle("page", answer("new"));
    platform.swap("page");

    expect(await body()).toBe("new");
  });
});

describe("the platform's keys", () => {
  it("are published, and sign tokens by a name that does not change with the port", async () => {
    const { platform } = await setup({});

    const keys = (await (await fetch(`${platform.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
    const about = await (await fetch(`${platform.url}/.well-known/openid-configuration`)).json();
    const token = await platform.token({ sub: "alice", roles: [], ttlSeconds: 60 });

    expect(keys.keys).toEqual([expect.objectContaining({ alg: "RS256", use: "sig" })]);
    expect(about).toMatchObject({ jwks_uri: `${platform.url}/.well-known/jwks.json` });
    expect(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      iss: "http://localhost:4000",
      sub: "alice",
    });
  });
});
