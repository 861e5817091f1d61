import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TableChange } from "../../seams.ts";
import { clientsFor, eventually, failureOf, startTestPort, type TestPort } from "../testing/port.ts";

const table = "millrace-local-orders";

describe("the stream of a table", () => {
  let port: TestPort;
  let dataFolder: string;
  const keyOf = (id: string) => ({ owner: { S: "o" }, id: { S: id } });
  const send = () => clientsFor(port.url).dynamodb;
  const put = (id: string, more = {}) =>
    send().send(new PutItemCommand({ TableName: table, Item: { ...keyOf(id), ...more } }));
  const read = (after = "0", max = 1000) => port.streams.read(table, after, { max, waitMs: 0 });
  const ids = (changes: TableChange[]) =>
    changes.map(({ dynamodb }) => Reflect.get(dynamodb.Keys.id ?? {}, "S"));
  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), "aws-streams-"));
    port = await startTestPort({ dataFolder });
  });
  afterEach(async () => {
    await port.close();
    rmSync(dataFolder, { recursive: true });
  });

  it("holds an insert, a change and a removal with both images", async () => {
    await put("1", { n: { N: "1" } });
    await send().send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf("1"),
        UpdateExpression: "SET n = :n",
        ExpressionAttributeValues: { ":n": { N: "2" } },
      }),
    );
    await send().send(new DeleteItemCommand({ TableName: table, Key: keyOf("1") }));

    const changes = await read();

    expect(changes.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
    expect(changes.map(({ dynamodb }) => [dynamodb.OldImage?.n, dynamodb.NewImage?.n])).toEqual([
      [undefined, { N: "1" }],
      [{ N: "1" }, { N: "2" }],
      [{ N: "2" }, undefined],
    ]);
    expect(changes[0]).toMatchObject({
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      eventSourceARN: expect.stringContaining(`:table/${table}/stream/`),
      dynamodb: { Keys: keyOf("1"), StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
  });

  it("has no record of a write that changes nothing, or that was refused", async () => {
    await put("1");
    await put("1");
    await send().send(new DeleteItemCommand({ TableName: table, Key: keyOf("absent") }));
    await failureOf(
      send().send(
        new PutItemCommand({
          TableName: table,
          Item: keyOf("1"),
          ConditionExpression: "attribute_not_exists(id)",
        }),
      ),
    );
    await failureOf(
      send().send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: table, Item: keyOf("2") } },
            {
              ConditionCheck: {
                TableName: table,
                Key: keyOf("1"),
                ConditionExpression: "attribute_not_exists(id)",
              },
            },
          ],
        }),
      ),
    );

    expect(ids(await read())).toEqual(["1"]);
  });

  it("has all of a batch and of a transaction", async () => {
    await send().send(
      new BatchWriteItemCommand({
        RequestItems: { [table]: ["1", "2"].map((id) => ({ PutRequest: { Item: keyOf(id) } })) },
      }),
    );
    await send().send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Delete: { TableName: table, Key: keyOf("1") } },
          { Put: { TableName: table, Item: keyOf("3") } },
        ],
      }),
    );

    const changes = await read();

    expect(ids(changes).slice(0, 2).toSorted()).toEqual(["1", "2"]);
    expect(ids(changes).slice(2)).toEqual(["1", "3"]);
  });

  it("is read in pages, without gap or repetition, while many write", async () => {
    const wanted = Array.from({ length: 300 }, (_, index) => `${index}`);
    const seen: unknown[] = [];
    let after = "0";
    const reading = (async () => {
      while (seen.length < wanted.length) {
        const changes = await port.streams.read(table, after, { max: 7, waitMs: 5000 });
        seen.push(...ids(changes));
        const last = changes.at(-1)?.dynamodb.SequenceNumber ?? after;
        expect(last > after || changes.length === 0).toBe(true);
        after = last;
      }
    })();

    await Promise.all(wanted.map((id) => put(id)));
    await reading;

    expect(seen.toSorted()).toEqual(wanted.toSorted());
  });

  it("wakes a reader, and lets one that gave up go", async () => {
    const waiting = port.streams.read(table, "0", { max: 10, waitMs: 20_000 });
    await put("1");
    expect(ids(await waiting)).toEqual(["1"]);

    const stop = new AbortController();
    const last = (await read()).at(-1)?.dynamodb.SequenceNumber ?? "0";
    const idle = port.streams.read(table, last, { max: 10, waitMs: 20_000, signal: stop.signal });
    stop.abort();

    expect(await idle).toEqual([]);
  });

  it("says who removed an item that expired", async () => {
    await put("old", { expiresAt: { N: String(Math.floor(Date.now() / 1000) - 10) } });

    await eventually(async () => (await read()).length === 2);

    expect((await read())[1]).toMatchObject({
      eventName: "REMOVE",
      userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
    });
  });

  it("goes on after a restart, where each reader stood", async () => {
    await put("1");
    const [first] = await read();
    port.streams.saveCheckpoint(table, "reader", first?.dynamodb.SequenceNumber ?? "");
    await port.close();
    port = await startTestPort({ dataFolder });
    await put("2");

    const checkpoint = port.streams.checkpoint(table, "reader");

    expect(checkpoint).toBe(first?.dynamodb.SequenceNumber);
    expect(ids(await read(checkpoint))).toEqual(["2"]);
    expect(port.streams.checkpoint(table, "another")).toBe("0");
  });
});
