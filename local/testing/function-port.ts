import { type AttributeValue, BatchWriteItemCommand, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, vi } from "vitest";
import type { EventMessage } from "#common/events/event.ts";
import { EventMessageSchema } from "#common/events/queue/event-message.schema.ts";
import { environmentOf } from "#common/manifest/environment.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Item, Key } from "#common/table/table.ts";
import { permissionsFrom } from "../aws/port/permissions.ts";
import { clientsFor, startTestPort, type TestPort } from "../aws/testing/port.ts";
import { localDeployment } from "../deployment.ts";
import type { BusEvent, TableChange } from "../seams.ts";

const EVENTS = "millrace-local-events";
const AUDIT_QUEUE = "millrace-local-events-audit";

const toWire = (item: Item): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === "string"
        ? { S: value }
        : typeof value === "number"
          ? { N: String(value) }
          : { B: value },
    ]),
  );

export type FunctionPort = {
  /** Puts items into the table as the operator, because the function may not write it. */
  store: { putAll(items: readonly Item[]): Promise<void>; remove(key: Key): Promise<void> };
  /** Every record of the stream of the table `events`. */
  changes(): Promise<TableChange[]>;
  /** Every event of the bus. */
  announced(): BusEvent[];
  /** Messages that have come to the queue `events-audit` since the last call. */
  sent(): Promise<EventMessage[]>;
};

/** The platform's AWS port for one function, with its own rights and environment, for the tests of its handler. */
export const useFunctionPort = (functionName: string): FunctionPort => {
  let port: TestPort;
  let operator: ReturnType<typeof clientsFor>;

  beforeAll(async () => {
    const declarations = loadDeclarations("functions");
    const manifest = declarations.manifests.find(({ name }) => name === functionName);
    if (!manifest) throw new Error(`no function ${functionName}`);
    port = await startTestPort({
      declarations,
      permissions: permissionsFrom(declarations, localDeployment("")),
    });
    operator = clientsFor(port.url);
    const environment = {
      ...environmentOf(declarations, localDeployment(port.url), manifest, {}),
      NODE_OPTIONS: "",
      AWS_ENDPOINT_URL: port.url,
      // A bucket's name before an address keeps the client from making a host name of both.
      AWS_ENDPOINT_URL_S3: port.url.replace("//localhost", "//127.0.0.1"),
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: functionName,
      AWS_SECRET_ACCESS_KEY: "local",
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterAll(() => port.close());

  return {
    store: {
      putAll: async (items) => {
        for (let start = 0; start < items.length; start += 25) {
          const puts = items.slice(start, start + 25).map((item) => ({ PutRequest: { Item: toWire(item) } }));
          await operator.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [EVENTS]: puts } }));
        }
      },
      remove: async (key) => {
        await operator.dynamodb.send(new DeleteItemCommand({ TableName: EVENTS, Key: toWire(key) }));
      },
    },
    changes: () => port.streams.read(EVENTS, "0", { max: 10_000, waitMs: 0 }),
    announced: () => port.notified.events.map(({ event }) => event),
    sent: async () => {
      const events: EventMessage[] = [];
      for (;;) {
        const messages = await port.queues.receive(AUDIT_QUEUE, { max: 10, waitMs: 0 });
        if (messages.length === 0) return events;
        await port.queues.delete(
          AUDIT_QUEUE,
          messages.map(({ receiptHandle }) => receiptHandle),
        );
        events.push(...messages.map(({ body }) => EventMessageSchema.parse(JSON.parse(body))));
      }
    },
  };
};
