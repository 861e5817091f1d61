import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ListQueuesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsFor, failureOf, startTestPort, type TestPort, testDeclarations } from "../testing/port.ts";

describe("the AWS port", () => {
  let port: TestPort;
  beforeAll(async () => {
    port = await startTestPort({ visibilitySecondsOf: (queue) => (queue === "orders" ? 60 : 30) });
  });
  afterAll(() => port.close());

  describe("when it starts", () => {
    it("makes everything that is declared", async () => {
      const { dynamodb, sqs } = clientsFor(port.url);
      const { TableNames } = await dynamodb.send(new ListTablesCommand({}));
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "millrace-local-orders" }));
      const ttl = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: "millrace-local-orders" }));
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));

      expect(TableNames).toEqual(["millrace-local-orders", "millrace-local-plain"]);
      expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(["byState"]);
      expect(Table?.LocalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(["byDate"]);
      expect(Table?.StreamSpecification?.StreamViewType).toBe("NEW_AND_OLD_IMAGES");
      expect(ttl.TimeToLiveDescription?.AttributeName).toBe("expiresAt");
      expect(QueueUrls.map((url) => url.split("/").at(-1))).toEqual([
        "millrace-local-mail",
        "millrace-local-mail-dead",
        "millrace-local-orders",
        "millrace-local-orders-dead",
        "millrace-local-orders-reader-dead",
      ]);
    });

    it("gives queues their redrive policy, visibility and dead letters their fourteen days", async () => {
      const { sqs } = clientsFor(port.url);
      const attributes = async (name: string) => {
        const QueueUrl = `${port.url}/000000000000/${name}`;
        return (
          (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ??
          {}
        );
      };
      const queue = await attributes("millrace-local-orders");

      expect(JSON.parse(queue.RedrivePolicy ?? "")).toEqual({
        deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:millrace-local-orders-dead",
        maxReceiveCount: 2,
      });
      expect(queue.VisibilityTimeout).toBe("60");
      expect((await attributes("millrace-local-orders-dead")).MessageRetentionPeriod).toBe("1209600");
    });

    it("says in one sentence that its port is in use", async () => {
      await expect(startTestPort({ port: port.port })).rejects.toThrow(
        /^Port \d+ is in use, .*AWS_PORT=\d+\.$/,
      );
    });

    it.each(["queues.sqlite", "tables/CURRENT"])("says in one sentence that %s is damaged", async (file) => {
      const dataFolder = mkdtempSync(join(tmpdir(), "aws-port-damaged-"));
      await (await startTestPort({ dataFolder })).close();
      writeFileSync(join(dataFolder, file), "nonsense ".repeat(1000));

      await expect(startTestPort({ dataFolder })).rejects.toThrow(/^The local .* damaged .*--fresh/);

      rmSync(dataFolder, { recursive: true });
    });

    it("says in one sentence that another platform uses its data", async () => {
      const dataFolder = mkdtempSync(join(tmpdir(), "aws-port-shared-"));
      const first = await startTestPort({ dataFolder });

      await expect(startTestPort({ dataFolder })).rejects.toThrow(/in use by another platform/);

      await first.close();
      rmSync(dataFolder, { recursive: true });
    });

    it("lets calls that come early wait until it is ready", async () => {
      const port = await startTestPort();
      const number = port.port;
      await port.close();
      const starting = startTestPort({ port: number });
      const listing = clientsFor(`http://127.0.0.1:${number}`, "local", 5).dynamodb.send(
        new ListTablesCommand({}),
      );

      expect((await listing).TableNames).toHaveLength(2);
      await (await starting).close();
    });

    it("answers on both names of this machine", async () => {
      for (const host of ["localhost", "127.0.0.1"]) {
        const { QueueUrls = [] } = await clientsFor(`http://${host}:${port.port}`).sqs.send(
          new ListQueuesCommand({}),
        );
        expect(QueueUrls[0]).toContain(`http://${host}:${port.port}/000000000000/`);
      }
    });
  });

  describe("its listeners are notified before it answers", () => {
    it("a message of a topic, as Lambda shows it", async () => {
      const { MessageId } = await clientsFor(port.url).sns.send(
        new PublishCommand({
          TopicArn: "arn:aws:sns:us-east-1:000000000000:millrace-local-news",
          Message: "extra",
          MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
        }),
      );

      expect(port.notified.topics).toMatchObject([
        {
          topic: "millrace-local-news",
          message: {
            MessageId,
            Message: "extra",
            Subject: null,
            MessageAttributes: { kind: { Type: "String", Value: "x" } },
          },
          attributes: { kind: { DataType: "String", StringValue: "x" } },
        },
      ]);
    });

    it("an event of a bus", async () => {
      const { Entries = [] } = await clientsFor(port.url).events.send(
        new PutEventsCommand({
          Entries: [
            { EventBusName: "millrace-local-bus", Source: "millrace.test", DetailType: "Done", Detail: "{}" },
          ],
        }),
      );

      expect(port.notified.events).toMatchObject([
        { bus: "millrace-local-bus", event: { id: Entries[0]?.EventId, source: "millrace.test" } },
      ]);
    });

    it("changes of a bucket, in the order of their sequencers", async () => {
      const { s3 } = clientsFor(port.url);
      const Bucket = "millrace-local-files";
      const where = { Bucket, Key: "a b/ä.csv" };
      await s3.send(new PutObjectCommand({ ...where, Body: "12345" }));
      const { VersionId } = await s3.send(
        new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/a%20b/%C3%A4.csv` }),
      );
      await s3.send(new DeleteObjectCommand(where));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "copy", VersionId }));

      expect(port.notified.buckets).toMatchObject([
        {
          bucket: Bucket,
          key: "a b/ä.csv",
          eventName: "ObjectCreated:Put",
          size: 5,
          eTag: "827ccb0eea8a706c4c34a16891f84e7b",
        },
        { key: "copy", eventName: "ObjectCreated:Copy", size: 5, versionId: VersionId },
        { key: "a b/ä.csv", eventName: "ObjectRemoved:DeleteMarkerCreated" },
        { key: "copy", eventName: "ObjectRemoved:Delete", versionId: VersionId },
      ]);
      const sequencers = port.notified.buckets.map(({ sequencer }) => sequencer);
      expect(sequencers.toSorted()).toEqual(sequencers);
      expect(sequencers.every((one) => /^[0-9A-F]{18}$/.test(one))).toBe(true);
    });
  });

  it("ends long polls and stops when it closes", async () => {
    const other = await startTestPort();
    const polling = clientsFor(other.url).sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: `${other.url}/000000000000/millrace-local-mail`,
        WaitTimeSeconds: 20,
      }),
    );
    const settled = polling.then(
      () => "answered",
      () => "cut",
    );
    await clientsFor(other.url).dynamodb.send(
      new PutItemCommand({ TableName: "millrace-local-plain", Item: { id: { S: "1" } } }),
    );
    const before = Date.now();

    await other.close();

    expect(Date.now() - before).toBeLessThan(4000);
    expect(["answered", "cut"]).toContain(await settled);
  });

  it("adds an index, a stream and a queue that are declared later to data that is there", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "aws-port-later-"));
    const bare = {
      ...testDeclarations,
      resources: {
        ...testDeclarations.resources,
        tables: {
          orders: {
            description: "",
            partitionKey: { name: "owner", type: "S" as const },
            sortKey: { name: "id", type: "S" as const },
          },
        },
        queues: {},
      },
    };
    const before = await startTestPort({ dataFolder, declarations: bare });
    const Item = { owner: { S: "o" }, id: { S: "1" }, state: { S: "open" } };
    const put = (url: string, id: string) =>
      clientsFor(url).dynamodb.send(
        new PutItemCommand({ TableName: "millrace-local-orders", Item: { ...Item, id: { S: id } } }),
      );
    await put(before.url, "1");
    await before.close();

    const after = await startTestPort({ dataFolder });
    await put(after.url, "2");
    const { Items = [] } = await clientsFor(after.url).dynamodb.send(
      new QueryCommand({
        TableName: "millrace-local-orders",
        IndexName: "byState",
        KeyConditionExpression: "#s = :s",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":s": { S: "open" } },
      }),
    );
    const changes = await after.streams.read("millrace-local-orders", "0", { max: 10, waitMs: 0 });

    expect(Items.map(({ id }) => id?.S)).toEqual(["1", "2"]);
    expect(changes).toHaveLength(1);
    expect(after.queues.depth("millrace-local-orders").visible).toBe(0);
    await after.close();
    rmSync(dataFolder, { recursive: true });
  });

  it("keeps what is there when more is declared", async () => {
    const { dynamodb } = clientsFor(port.url);

    const again = dynamodb.send(
      new CreateTableCommand({
        TableName: "millrace-local-plain",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );

    expect((await failureOf(again)).name).toBe("ResourceInUseException");
  });
});
