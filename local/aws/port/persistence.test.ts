import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { ListRulesCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { GenerateMacCommand } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateTopicCommand, ListSubscriptionsCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, describe, expect, it } from "vitest";
import { type Clients, clientsFor, eventually, startTestPort } from "../testing/port.ts";

const table = "millrace-local-orders";

describe("a port that is killed", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "aws-killed-"));
  afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

  const startChild = async (): Promise<{ child: ChildProcess; url: string }> => {
    const script = join(import.meta.dirname, "../testing/persistence-child.ts");
    const child = spawn(process.execPath, [script, dataFolder], { stdio: ["ignore", "pipe", "inherit"] });
    if (!child.stdout) throw new Error("the child has no output");
    const [url] = await once(createInterface({ input: child.stdout }), "line");
    return { child, url: String(url) };
  };

  const macOf = async ({ kms }: Clients) => {
    const { Mac } = await kms.send(
      new GenerateMacCommand({
        KeyId: "alias/millrace-local-seal",
        Message: Buffer.from("m"),
        MacAlgorithm: "HMAC_SHA_256",
      }),
    );
    return Buffer.from(Mac ?? []).toString("hex");
  };

  it("has everything that it acknowledged, and its streams have every item", {
    timeout: 60_000,
  }, async () => {
    const acknowledged = {
      items: new Set<string>(),
      pairs: new Set<string>(),
      messages: new Set<string>(),
      objects: new Set<string>(),
    };
    const macs = new Set<string>();

    for (const round of [1, 2]) {
      const { child, url } = await startChild();
      const { dynamodb, sqs, s3, sns, events, kms, sts } = clientsFor(url);
      macs.add(await macOf({ dynamodb, sqs, s3, sns, events, kms, sts }));
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `topic-${round}` }));
      await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: "arn:aws:sqs:us-east-1:000000000000:millrace-local-mail",
        }),
      );
      await events.send(
        new PutRuleCommand({
          Name: `rule-${round}`,
          EventBusName: "millrace-local-bus",
          EventPattern: '{"source":["a"]}',
        }),
      );
      const operations = [
        async (id: string) => {
          await dynamodb.send(
            new PutItemCommand({
              TableName: table,
              Item: { owner: { S: "o" }, id: { S: id }, state: { S: "s" } },
            }),
          );
          acknowledged.items.add(id);
        },
        async (id: string) => {
          const both = ["left", "right"].map((owner) => ({
            Put: { TableName: table, Item: { owner: { S: owner }, id: { S: id } } },
          }));
          await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: both }));
          acknowledged.pairs.add(id);
        },
        async (id: string) => {
          await sqs.send(
            new SendMessageCommand({
              QueueUrl: `${url}/000000000000/millrace-local-orders`,
              MessageBody: id,
            }),
          );
          acknowledged.messages.add(id);
        },
        async (id: string) => {
          await s3.send(
            new PutObjectCommand({
              Bucket: "millrace-local-files",
              Key: `k${Number(id.split("-")[1]) % 5}`,
              Body: id.repeat(100),
            }),
          );
          acknowledged.objects.add(id);
        },
      ];
      let stopped = false;
      const writing = operations.map(async (operation, kind) => {
        for (let turn = 0; !stopped; turn += 1) {
          await Promise.all(
            Array.from({ length: 4 }, (_, worker) =>
              operation(`${round}${kind}${worker}-${turn}`).catch(() => {
                stopped = true;
              }),
            ),
          );
        }
      });
      const enough = () => Object.values(acknowledged).every((set) => set.size >= 60 * round);
      await eventually(enough, 60_000);
      child.kill("SIGKILL");
      await once(child, "exit");
      await Promise.all(writing);
    }

    const port = await startTestPort({ dataFolder });
    const clients = clientsFor(port.url);
    macs.add(await macOf(clients));
    const get = async (owner: string, id: string) =>
      (
        await clients.dynamodb.send(
          new GetItemCommand({ TableName: table, Key: { owner: { S: owner }, id: { S: id } } }),
        )
      ).Item;
    const changes = await port.streams.read(table, "0", { max: 100_000, waitMs: 0 });
    const streamed = new Set(
      changes.map(
        ({ dynamodb }) =>
          `${Reflect.get(dynamodb.Keys.owner ?? {}, "S")}/${Reflect.get(dynamodb.Keys.id ?? {}, "S")}`,
      ),
    );
    const missing: string[] = [];
    for (const id of acknowledged.items)
      if (!(await get("o", id)) || !streamed.has(`o/${id}`)) missing.push(id);
    for (const id of acknowledged.pairs)
      if (!(await get("left", id)) || !streamed.has(`left/${id}`)) missing.push(id);
    for (const owner of ["left", "right"]) {
      const other = owner === "left" ? "right" : "left";
      for (const name of streamed) {
        const [side, id = ""] = name.split("/");
        if (side === owner && !streamed.has(`${other}/${id}`)) missing.push(name);
      }
    }
    const received = new Set<string>();
    for (;;) {
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: `${port.url}/000000000000/millrace-local-orders`,
          MaxNumberOfMessages: 10,
        }),
      );
      for (const { Body = "" } of Messages) received.add(Body);
      if (Messages.length === 0) break;
    }
    for (const id of acknowledged.messages) if (!received.has(id)) missing.push(id);
    const { Contents = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: "millrace-local-files" }),
    );
    for (const { Key = "", Size } of Contents) {
      const { Body, ETag } = await clients.s3.send(
        new GetObjectCommand({ Bucket: "millrace-local-files", Key }),
      );
      const text = (await Body?.transformToString()) ?? "";
      // The object is overwritten again and again until the kill: name, size and bytes must still be of one
      // put.
      if (text.length !== Size || text !== text.slice(0, text.length / 100).repeat(100) || !ETag)
        missing.push(Key);
    }
    const { Subscriptions = [] } = await clients.sns.send(new ListSubscriptionsCommand({}));
    const { Rules = [] } = await clients.events.send(
      new ListRulesCommand({ EventBusName: "millrace-local-bus" }),
    );
    await port.close();

    expect(missing).toEqual([]);
    expect(Contents).toHaveLength(5);
    expect(macs.size).toBe(1);
    expect(Subscriptions).toHaveLength(2);
    expect(Rules.map(({ Name }) => Name)).toEqual(["rule-1", "rule-2"]);
  });
});
