import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { answering, clients, usePlatforms, WITH_SDK } from "./testing/platforms.ts";

const { setup } = usePlatforms();

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
