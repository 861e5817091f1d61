import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import type { Resources, Trigger } from "#common/manifest/manifest.ts";
import { eventually } from "#common/testing/eventually.ts";
import { type Platform, type PlatformOptions, startPlatform } from "./platform.ts";
import { type Fixture, type FixtureFunction, makeFixture } from "./testing/platform.ts";

const open: { fixtures: Fixture[]; platforms: Platform[] } = { fixtures: [], platforms: [] };
afterEach(async () => {
  await Promise.all(open.platforms.splice(0).map((platform) => platform.stop()));
  for (const fixture of open.fixtures.splice(0)) fixture.remove();
});

const start = async (fixture: Fixture, options: Partial<PlatformOptions> = {}): Promise<Platform> => {
  const platform = await startPlatform({
    functionsFolder: fixture.functionsFolder,
    bundlesFolder: fixture.bundlesFolder,
    dataFolder: fixture.dataFolder,
    port: 0,
    awsPort: 0,
    pace: 0.005,
    ...options,
  });
  open.platforms.push(platform);
  return platform;
};

const setup = async (
  functions: Record<string, FixtureFunction>,
  resources: Partial<Resources> = {},
  options: Partial<PlatformOptions> = {},
) => {
  const fixture = makeFixture(functions, resources);
  open.fixtures.push(fixture);
  return { fixture, platform: await start(fixture, options) };
};

const clients = ({ awsUrl }: Platform) => {
  const config = {
    endpoint: awsUrl.replace("localhost", "127.0.0.1"),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  return {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    events: new EventBridgeClient(config),
    dynamodb: new DynamoDBClient(config),
    queueUrl: (name: string) => `${awsUrl}/000000000000/millrace-local-${name}`,
  };
};

/** Fixtures are plain files in a temporary folder; the SDK is where this test is. */
const WITH_SDK = `const load = process.getBuiltinModule("node:module").createRequire(${JSON.stringify(import.meta.filename)});`;

/** Prints every event, so that a test can read what came. */
const printing = (more: Partial<FixtureFunction>): FixtureFunction => ({
  code: "exports.handler = async (event) => { console.log(JSON.stringify(event)); }",
  timeoutSeconds: 5,
  ...more,
});

const printed = ({ dataFolder }: Fixture, name: string): Promise<string> => {
  const file = join(dataFolder, "logs", `${name}.log`);
  return eventually(() => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text.endsWith("\n") && text;
  });
};

const answering = (statement: string): string =>
  `exports.handler = async (event) => { ${statement} return { statusCode: 200, body: JSON.stringify(event) } }`;

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

describe("the calls of AWS", () => {
  it("are answered by function and action, without those that the platform makes within itself", async () => {
    const code = `${WITH_SDK}
      const { DynamoDBClient, PutItemCommand } = load("@aws-sdk/client-dynamodb");
      const client = new DynamoDBClient({});
      exports.handler = async ({ Records }) => {
        for (const { messageId } of Records) {
          await client.send(new PutItemCommand({ TableName: process.env.THINGS_TABLE, Item: { id: { S: messageId } } }));
        }
      };`;
    const { platform } = await setup(
      {
        keeper: {
          code,
          timeoutSeconds: 5,
          triggers: [{ type: "queue", queue: "work" }],
          access: { tables: { things: "write" } },
        },
      },
      {
        queues: { work: { description: "" } },
        tables: { things: { description: "", partitionKey: { name: "id", type: "S" } } },
      },
    );
    const { sqs, queueUrl } = clients(platform);
    const ask = async (since = "") =>
      (await (await fetch(`${platform.url}/_millrace/calls${since}`)).json()) as {
        since: string;
        now: string;
        items: { function: string; action: string; calls: number; writeUnits: number }[];
      };
    const before = await ask();

    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl("work"), MessageBody: "x" }));
    const after = await eventually(
      () => ask(`?since=${before.now}`),
      ({ items }) => items.length === 2,
    );

    const none = { failed: 0, throttled: 0, readUnits: 0, writeUnits: 0 };
    expect(before.items).toEqual([]);
    expect(after.since).toBe(before.now);
    expect(after.items).toEqual([
      { ...none, function: "keeper", service: "dynamodb", action: "PutItem", calls: 1, writeUnits: 1 },
      { ...none, function: "operator", service: "sqs", action: "SendMessage", calls: 1 },
    ]);
    expect((await ask(`?since=${after.now}`)).items).toEqual([]);
    expect((await fetch(`${platform.url}/_millrace/calls?since=now`)).status).toBe(400);
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

describe("a setting", () => {
  it("of the environment wins over what is given and what is local, and is what the issuer goes by", async () => {
    const names = ["TOKEN_ISSUER", "TOKEN_AUDIENCE", "TOKEN_ROLE_CLAIM", "RELEASE_VERSION", "TOKEN_JWKS"];
    const { platform } = await setup(
      {
        page: {
          code: answering(
            `event = Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, process.env[name]]));`,
          ),
          settings: names,
          triggers: [{ type: "http", route: "GET /", role: null }],
        },
      },
      { settings: Object.fromEntries(names.map((name) => [name, ""])) },
      {
        settings: { RELEASE_VERSION: "1", TOKEN_JWKS: "{}" },
        environment: {
          TOKEN_ISSUER: "http://localhost:9999",
          TOKEN_AUDIENCE: "theirs, others",
          RELEASE_VERSION: "2",
          TOKEN_JWKS: "",
          HOME: "/",
        },
      },
    );
    const token = await platform.token({ sub: "alice", roles: [], ttlSeconds: 60 });

    expect(await (await fetch(`${platform.url}/`)).json()).toEqual({
      TOKEN_ISSUER: "http://localhost:9999",
      TOKEN_AUDIENCE: "theirs, others",
      TOKEN_ROLE_CLAIM: "Role",
      RELEASE_VERSION: "2",
      TOKEN_JWKS: "",
    });
    expect(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      iss: "http://localhost:9999",
      aud: "theirs",
    });
  });
});

describe("data", () => {
  const table = { things: { description: "", partitionKey: { name: "id", type: "S" as const } } };
  const queues = { idle: { description: "" } };
  const TableName = "millrace-local-things";

  it("is there after a restart and gone after a fresh start, while the keys stay", async () => {
    const fixture = makeFixture({}, { tables: table, queues });
    open.fixtures.push(fixture);
    const rows = async (platform: Platform) =>
      (await clients(platform).dynamodb.send(new ScanCommand({ TableName }))).Count;
    const keysOf = async (platform: Platform) =>
      (await fetch(`${platform.url}/.well-known/jwks.json`)).text();

    const first = await start(fixture);
    await clients(first).dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
    await first.queues.send("millrace-local-idle", "kept");
    const keys = await keysOf(first);
    await first.stop();

    const second = await start(fixture);
    expect(await rows(second)).toBe(1);
    expect(second.queues.depth("millrace-local-idle").visible).toBe(1);
    await second.stop();

    const third = await start(fixture, { fresh: true });
    expect(await rows(third)).toBe(0);
    expect(third.queues.depth("millrace-local-idle").visible).toBe(0);
    expect(await keysOf(third)).toBe(keys);
  });

  it("keeps its data folder from other users, also one that stands from before", async () => {
    const fixture = makeFixture({});
    open.fixtures.push(fixture);
    mkdirSync(fixture.dataFolder, { recursive: true });
    chmodSync(fixture.dataFolder, 0o755);

    await start(fixture);

    expect(statSync(fixture.dataFolder).mode & 0o777).toBe(0o700);
  });

  it("is used by one platform at a time", async () => {
    const { fixture, platform } = await setup({});

    await expect(start(fixture)).rejects.toThrow(
      `Another platform (process ${process.pid}) uses the data in ${fixture.dataFolder}: stop it, or start this one with --data <another folder>.`,
    );
    await platform.stop();
    await start(fixture);
  });

  it("that is damaged is told in one sentence that says what to do", async () => {
    const fixture = makeFixture({});
    open.fixtures.push(fixture);
    writeFileSync(join(fixture.dataFolder, "queues.sqlite"), "no database ".repeat(1000));

    await expect(start(fixture)).rejects.toThrow(/^[^\n]*damaged[^\n]*--fresh[^\n]*\.$/);
    await start(fixture, { fresh: true });
  });
});

describe("starting", () => {
  it("on a port in use says which and what to do", async () => {
    const { platform } = await setup({});
    const fixture = makeFixture({});
    open.fixtures.push(fixture);

    await expect(start(fixture, { port: platform.port })).rejects.toThrow(
      `Port ${platform.port} is in use: stop what listens there, or start with --port ${platform.port + 1}.`,
    );
    await expect(start(fixture, { awsPort: platform.awsPort })).rejects.toThrow(
      `Port ${platform.awsPort} is in use`,
    );
    await start(fixture);
  });
});

describe("stopping", () => {
  it("answers the requests that run, and takes less than five seconds when one does not end", async () => {
    const route = (path: `/${string}`): Trigger[] => [{ type: "http", route: `GET ${path}`, role: null }];
    const waiting = (ms: number) =>
      `exports.handler = async () => { console.log("begun"); await new Promise((done) => setTimeout(done, ${ms})); return { statusCode: 200, body: "done" } }`;
    const { platform, fixture } = await setup({
      short: { code: waiting(300), triggers: route("/short") },
      long: { code: waiting(9000), triggers: route("/long") },
    });
    const short = fetch(`${platform.url}/short`);
    const long = fetch(`${platform.url}/long`).catch(() => "cut");
    await Promise.all([printed(fixture, "short"), printed(fixture, "long")]);

    const begun = performance.now();
    await platform.stop();

    expect(performance.now() - begun).toBeLessThan(5000);
    expect(await (await short).text()).toBe("done");
    expect(await long).toBe("cut");
  });
});

describe("chaos", () => {
  it("is set and read through the front door", async () => {
    const { platform } = await setup({});
    const url = `${platform.url}/_millrace/chaos`;
    const put = async (body: string) => (await fetch(url, { method: "PUT", body })).status;

    expect(await put('{"share":0.25}')).toBe(200);
    expect(platform.chaos.share).toBe(0.25);
    expect(await (await fetch(url)).json()).toEqual({ share: 0.25 });
    expect(await put('{"share":2}')).toBe(400);
  });

  it("loses no message and does none twice, while calls fail and functions are killed half-way", async () => {
    const code = `${WITH_SDK}
      const { DynamoDBClient, PutItemCommand } = load("@aws-sdk/client-dynamodb");
      const client = new DynamoDBClient({ maxAttempts: 2 });
      exports.handler = async ({ Records }) => {
        const batchItemFailures = [];
        await Promise.all(Records.map(async ({ body, messageId }) => {
          try {
            await client.send(new PutItemCommand({
              TableName: process.env.THINGS_TABLE,
              Item: { id: { S: body }, by: { S: messageId } },
              ConditionExpression: "attribute_not_exists(id)",
            }));
          } catch (error) {
            if (error.name !== "ConditionalCheckFailedException") batchItemFailures.push({ itemIdentifier: messageId });
          }
        }));
        return { batchItemFailures };
      };`;
    const { platform } = await setup(
      {
        keeper: {
          code,
          timeoutSeconds: 5,
          triggers: [{ type: "queue", queue: "work", maximumConcurrency: 4 }],
          access: { tables: { things: "write" } },
        },
      },
      {
        queues: { work: { description: "", maxReceiveCount: 1000 } },
        tables: { things: { description: "", partitionKey: { name: "id", type: "S" } } },
      },
    );
    const { sqs, dynamodb, queueUrl } = clients(platform);
    const sent = Array.from({ length: 200 }, (_, at) => `message-${at}`);
    for (let at = 0; at < sent.length; at += 10) {
      const Entries = sent
        .slice(at, at + 10)
        .map((body, index) => ({ Id: String(index), MessageBody: body }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl("work"), Entries }));
    }

    platform.chaos.share = 0.1;
    let kills = 0;
    // So many and no more: on a busy machine a function takes longer to start than the pause between two.
    const killing = setInterval(() => {
      if (kills < 10 && platform.kill("keeper")) kills += 1;
    }, 400);
    await eventually(
      () => Object.values(platform.queues.depth("millrace-local-work")).every((count) => count === 0),
      100_000,
    ).finally(() => clearInterval(killing));
    platform.chaos.share = 0;

    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: "millrace-local-things" }));
    expect(kills).toBeGreaterThan(0);
    expect(platform.queues.depth("millrace-local-work-dead").visible).toBe(0);
    expect(Items.map(({ id }) => id?.S).sort()).toEqual(sent.sort());
    expect(new Set(Items.map(({ by }) => by?.S)).size).toBe(200);
  }, 100_000);
});
