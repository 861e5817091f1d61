import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  ScanCommand,
  type ScanCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeEach } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { hasOwnDeadLetters } from "#common/manifest/manifest.ts";
import { bucketName, deadLetterName, resourceName } from "#common/manifest/names.ts";
import type { Item, ItemValue, Key } from "#common/table/table.ts";
import { fromWire, toKey, toWire } from "#common/table/wire.ts";
import { permissionsFrom } from "../aws/port/permissions.ts";
import { clientsFor, startTestPort } from "../aws/testing/port.ts";
import { makeClock } from "../clock.ts";
import { localDeployment } from "../deployment.ts";
import type { QueueMessage, TableChange } from "../seams.ts";
import { loadFunction } from "./loaded-function.ts";

const DEPLOYMENT = localDeployment("");
const inFull = (name: string): string => resourceName(DEPLOYMENT, name);

/**
 * A function's handler against the local AWS port, with the rights and the environment of its own manifest, for
 * `handler.test.ts`: `const auditor = await startFunction("events-auditor");` at the top of the file. The port
 * lives as long as the file's tests. Queues and the bus are empty at the beginning of each test; rows stay, so
 * each test takes an organization of its own.
 */
export const startFunction = async (name: string, settings: Readonly<Record<string, string>> = {}) => {
  const declarations = loadDeclarations("functions");
  const granted = permissionsFrom(declarations, DEPLOYMENT);
  const refused = new Set<string>();
  const clock = makeClock();
  const port = await startTestPort({
    declarations,
    clock,
    permissions: {
      exists: granted.exists,
      allows: (who, action, arn) =>
        !(who === name && refused.has(action)) && granted.allows(who, action, arn),
    },
  });
  const operator = clientsFor(port.url);
  const loaded = await loadFunction(name, port.url, settings);

  const take = async (queue: string): Promise<QueueMessage[]> => {
    const taken: QueueMessage[] = [];
    for (;;) {
      const messages = await port.queues.receive(inFull(queue), { max: 10, waitMs: 0 });
      if (messages.length === 0) return taken;
      const receipts = messages.map(({ receiptHandle }) => receiptHandle);
      await port.queues.delete(inFull(queue), receipts);
      taken.push(...messages);
    }
  };
  const queues = Object.keys(declarations.resources.queues);
  const withDeadLetters = declarations.manifests.filter(hasOwnDeadLetters).map((manifest) => manifest.name);
  const everyQueue = [...queues, ...[...queues, ...withDeadLetters].map(deadLetterName)];
  const queueTrigger = loaded.manifest.triggers.find((trigger) => trigger.type === "queue");

  beforeEach(async () => {
    refused.clear();
    port.notified.events.length = 0;
    for (const queue of everyQueue) await take(queue);
  });
  afterAll(() => port.close());

  return {
    ...loaded,
    port,
    operator,
    /** From now until the end of the test AWS refuses the function this: `dynamodb:PutItem`, `sqs:SendMessage`. */
    refuse: (action: string): void => void refused.add(action),
    /** AWS's clock goes on by so much: what a queue holds back comes. The function's own clock stays. */
    pass: (ms: number): void => clock.moveTo(clock.now() + ms),
    /** Puts items into a table as an operator may, whatever the function may. */
    put: async (table: string, items: readonly Readonly<Record<string, ItemValue>>[]): Promise<void> => {
      for (let start = 0; start < items.length; start += 25) {
        const puts = items.slice(start, start + 25).map((item) => ({ PutRequest: { Item: toWire(item) } }));
        await operator.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [inFull(table)]: puts } }));
      }
    },
    /** Deletes an item of a table as an operator may. */
    remove: async (table: string, key: Key): Promise<void> => {
      await operator.dynamodb.send(new DeleteItemCommand({ TableName: inFull(table), Key: toKey(key) }));
    },
    /** Every record of a table's stream, from the file's beginning. */
    changes: (table: string): Promise<TableChange[]> =>
      port.streams.read(inFull(table), "0", { max: 10_000, waitMs: 0 }),
    /** Everything that stands in a table. */
    rows: async (table: string): Promise<Item[]> => {
      const rows: Item[] = [];
      let after: ScanCommandOutput["LastEvaluatedKey"];
      do {
        const page: ScanCommandOutput = await operator.dynamodb.send(
          new ScanCommand({ TableName: inFull(table), ExclusiveStartKey: after }),
        );
        rows.push(...(page.Items ?? []).map(fromWire));
        after = page.LastEvaluatedKey;
      } while (after !== undefined);
      return rows;
    },
    /** The bodies of the messages that a queue holds, as JSON; they are taken off it. */
    sent: async (queue: string) => (await take(queue)).map(({ body }) => JSON.parse(body)),
    /** The records that wait on a delivery stream, as text; they are taken off it. */
    streamed: async (stream: string): Promise<string[]> => {
      const texts: string[] = [];
      const { signal } = new AbortController();
      while (port.deliveryStreams.depth(inFull(stream)).waiting > 0) {
        const batch = await port.deliveryStreams.take(inFull(stream), { waitMs: 1_000, signal });
        if (!batch) break;
        texts.push(...batch.records.map(({ data }) => data.toString("utf8")));
        const dropped = batch.records.map(({ recordId }) => ({ recordId, result: "Dropped" as const }));
        await port.deliveryStreams.settle(batch, dropped, "");
      }
      return texts;
    },
    /** The dead letters of the function's queue, or of its own when it has none; they are taken. */
    deadLetters: async () =>
      (await take(deadLetterName(queueTrigger?.queue ?? name))).map(({ body, messageAttributes }) => ({
        body,
        code: messageAttributes.code?.stringValue,
      })),
    /** What the function put on a bus in this test. */
    published: () => port.notified.events.map(({ event }) => event),
    /** A bucket's keys, and the text of one of its objects. */
    keys: async (bucket: string): Promise<string[]> => {
      const Bucket = bucketName(DEPLOYMENT, bucket);
      const { Contents = [] } = await operator.s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
    file: async (bucket: string, Key: string): Promise<string> => {
      const Bucket = bucketName(DEPLOYMENT, bucket);
      const { Body } = await operator.s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    },
  };
};
