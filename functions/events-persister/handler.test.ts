import type { SQSBatchResponse } from "aws-lambda";
import { beforeAll, describe, expect, it } from "vitest";
import { readEvents } from "#common/events/lists/read-events.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import type { Table } from "#common/table/table.ts";
import { lambdaContext, sqsEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import resources from "#functions/resources.json" with { type: "json" };
import { startTestPort, type TestPort, testDeclarations } from "#local/aws/testing/port.ts";

const { tables, queues, buses } = resources;
const declared = { tables: { events: tables.events }, queues: { events: queues.events }, buses };

let port: TestPort;
let store: Table;
let deliver: (...bodies: unknown[]) => Promise<string[]>;

beforeAll(async () => {
  captureOutput();
  const shared = { ...testDeclarations.resources, ...declared } as typeof testDeclarations.resources;
  port = await startTestPort({ declarations: { ...testDeclarations, manifests: [], resources: shared } });
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: port.url,
    EVENTS_TABLE: "millrace-local-events",
    EVENTS_DEAD_QUEUE_URL: `${port.url}/000000000000/millrace-local-events-dead`,
    BUS_NAME: "millrace-local-bus",
    POWERTOOLS_METRICS_NAMESPACE: "Millrace",
  });
  const { handler } = await import("./handler.ts");
  const { dynamodbTable } = await import("#common/table/dynamodb-table.ts");
  store = dynamodbTable("millrace-local-events");
  deliver = async (...bodies) => {
    const answer = (await handler(sqsEvent(bodies), lambdaContext())) as SQSBatchResponse;
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
});

const deadLetters = () => port.queues.depth("millrace-local-events-dead").visible;

// The last test closes the port.
describe("the persister's answers", () => {
  it("none failed: the events are readable, and the bus knows of them", async () => {
    const many = Array.from({ length: 60 }, (_, number) => eventMessage(number, { detail: { number } }));

    expect(await deliver({ events: many }, eventMessage(60))).toEqual([]);

    const found = await readEvents(store, "demo", ["event-7", "event-60"]);
    expect(found.get("event-7")?.event).toMatchObject({ description: "Number 7", detail: { number: 7 } });
    expect(found.get("event-60")?.event.chain.epoch).toBe(1);
    const counts = port.notified.events.map(({ event }) => (event.detail as { count: number }).count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(61);
    expect(port.notified.events[0]?.event).toMatchObject({
      source: "millrace.events",
      "detail-type": "event_recorded",
    });
    expect(deadLetters()).toBe(0);
  });

  it("none failed, one kept: an event that contradicts a stored one is a dead letter", async () => {
    await deliver(eventMessage(100));

    expect(await deliver(eventMessage(100, { type: "another" }))).toEqual([]);

    expect(deadLetters()).toBe(1);
  });

  it("none failed, one kept: a message that is no event is a dead letter", async () => {
    expect(await deliver({ eventId: "only" }, eventMessage(101))).toEqual([]);

    expect(deadLetters()).toBe(2);
    expect((await readEvents(store, "demo", ["event-101"])).size).toBe(1);
  });

  it("a large detail comes back whole", async () => {
    const detail = { text: "é".repeat(30_000) };

    expect(await deliver(eventMessage(102, { detail }))).toEqual([]);
    expect(await deliver(eventMessage(102, { detail, salt: "another-salt-of-22-ch-" }))).toEqual([]);
    expect((await readEvents(store, "demo", ["event-102"])).get("event-102")?.event.detail).toEqual(detail);
  });

  it("failed: the messages come back when the table does not answer", async () => {
    await port.close();

    expect(await deliver(eventMessage(103), eventMessage(104))).toEqual(["message-0", "message-1"]);
  });
});
