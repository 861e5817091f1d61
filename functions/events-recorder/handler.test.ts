import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { type EventsMessage, eventsOf } from "#common/events/queue/queue-bodies.ts";
import { type AwsAnswers, AwsRefusal } from "#common/testing/aws-server.ts";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";
import { anEvent } from "./testing/posted-event.ts";

const { ask, aws } = await startFunctionOnFake("events-recorder");

type Entry = { Id: string; MessageBody: string };
const entriesOf = (input: Record<string, unknown>) => input.Entries as Entry[];

const taken: AwsAnswers = {
  SendMessageBatch: (input) => ({
    Successful: entriesOf(input).map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
    })),
    Failed: [],
  }),
  BatchGetItem: () => ({ Responses: {}, UnprocessedKeys: {} }),
};

beforeEach(() => {
  aws.answerWith(taken);
});

const roles = { authorizer: callerContext({ roles: "events.write" }) };
const post = (body: unknown, over: Partial<RestRequest> = {}) =>
  ask({ route: "POST /events", body, ...roles, ...over });
const sent = () =>
  aws
    .callsOf("SendMessageBatch")
    .flatMap(({ input }) =>
      entriesOf(input).flatMap(({ MessageBody }) => eventsOf(JSON.parse(MessageBody) as EventsMessage)),
    );

describe("202: events are taken", () => {
  it("go to the queue in one message, each once, under the ids that are answered", async () => {
    const { status, json } = await post(Array.from({ length: 500 }, () => anEvent()));

    expect(status).toBe(202);
    expect(aws.callsOf("SendMessageBatch")).toHaveLength(1);
    expect(entriesOf(aws.callsOf("SendMessageBatch")[0]?.input ?? {})).toHaveLength(1);
    expect(
      sent()
        .map(({ eventId }) => eventId)
        .sort(),
    ).toEqual(json.eventIds);
    expect(aws.callsOf("BatchGetItem")).toEqual([]);
  });

  it("are looked up by the given ids only, a hundred a call, consistently", async () => {
    await post([...Array.from({ length: 150 }, (_, index) => anEvent({ eventId: `e${index}` })), anEvent()]);

    const asked = aws.callsOf("BatchGetItem").flatMap(({ input }) => {
      const tables = input.RequestItems as Record<string, { Keys: unknown[]; ConsistentRead: boolean }>;
      return Object.entries(tables).map(([table, { Keys, ConsistentRead }]) => [
        table,
        Keys.length,
        ConsistentRead,
      ]);
    });
    expect(asked.sort()).toEqual([
      ["millrace-local-events", 100, true],
      ["millrace-local-events", 50, true],
    ]);
  });

  it("hold what XML has no place for as escapes, since the queue takes no such character", async () => {
    await post(anEvent({ description: "a\uffff\ufffeb" }));

    expect(entriesOf(aws.callsOf("SendMessageBatch")[0]?.input ?? {})[0]?.MessageBody).toContain(
      "a\\uffff\\ufffeb",
    );
    expect(sent()[0]?.description).toBe("a\uffff\ufffeb");
  });
});

describe("400: the request has faults", () => {
  it("names those of the body and of the query, and sends nothing", async () => {
    const { status, json } = await post([anEvent({ type: "audit" })], { query: { more: "1" } });

    expect(status).toBe(400);
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(["/more", "/0/type"]);
    expect(aws.calls).toEqual([]);
  });
});

describe("503: the queue did not take all", () => {
  it("says that sending the same request again is safe", async () => {
    aws.answerWith({
      ...taken,
      SendMessageBatch: (input) => ({
        Successful: [],
        Failed: entriesOf(input).map(({ Id }) => ({ Id, Code: "InvalidMessageContents", SenderFault: true })),
      }),
    });

    const { status, json } = await post([anEvent(), anEvent()]);

    expect(status).toBe(503);
    expect(json).toMatchObject({
      code: "EVENTS_NOT_QUEUED",
      detail: expect.stringContaining("Idempotency-Key"),
    });
  });

  it("is what a dead queue comes to", async () => {
    aws.answerWith({
      ...taken,
      SendMessageBatch: () => {
        throw new AwsRefusal("AccessDenied");
      },
    });

    expect((await post(anEvent())).json.code).toBe("EVENTS_NOT_QUEUED");
  });
});
