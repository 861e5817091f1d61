import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import type { Trigger } from "#common/manifest/manifest.ts";
import { eventually } from "#common/testing/eventually.ts";
import type { Platform } from "./platform.ts";
import { clients, printed, usePlatforms, WITH_SDK } from "./testing/platforms.ts";

const { fixtureOf, setup, start } = usePlatforms();

describe("data", () => {
  const table = { things: { description: "", partitionKey: { name: "id", type: "S" as const } } };
  const queues = { idle: { description: "" } };
  const TableName = "millrace-local-things";

  it("is there after a restart and gone after a fresh start, while the keys stay", async () => {
    const fixture = fixtureOf({}, { tables: table, queues });
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
    const fixture = fixtureOf({});
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

  it("that is damaged is reported in one sentence that says what to do", async () => {
    const fixture = fixtureOf({});
    writeFileSync(join(fixture.dataFolder, "queues.sqlite"), "no database ".repeat(1000));

    await expect(start(fixture)).rejects.toThrow(/^[^\n]*damaged[^\n]*--fresh[^\n]*\.$/);
    await start(fixture, { fresh: true });
  });
});

describe("starting", () => {
  it("on a port in use says which and what to do", async () => {
    const { platform } = await setup({});
    const fixture = fixtureOf({});

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
    // At most ten, because on a busy machine a function takes longer to start than the pause between two kills.
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
