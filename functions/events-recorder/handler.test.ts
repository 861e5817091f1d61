import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type EventsMessage, eventsOf } from "#common/events/queue/queue-bodies.ts";
import { type AwsAnswers, AwsRefusal, type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { callerContext, lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { anEvent } from "./testing/posted-event.ts";

let aws: AwsServer;
let handler: typeof import("./handler.ts").handler;

beforeAll(async () => {
  aws = await startAwsServer();
  const environment = {
    ...aws.environment,
    EVENTS_QUEUE_URL: `${aws.url}/000000000000/events`,
    EVENTS_TABLE: "events",
    IDEMPOTENCY_TABLE: "idempotency",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import("./handler.ts"));
});
afterAll(() => aws.stop());

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
  captureOutput();
  aws.answerWith(taken);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const roles = { authorizer: callerContext({ roles: "events.write" }) };
const post = async (body: unknown, over: Partial<RestRequest> = {}) => {
  const result = await handler(
    restEvent({ route: "POST /events", body, ...roles, ...over }),
    lambdaContext(),
  );
  return { ...result, json: JSON.parse(result.body) };
};
const sent = () =>
  aws
    .callsOf("SendMessageBatch")
    .flatMap(({ input }) =>
      entriesOf(input).flatMap(({ MessageBody }) => eventsOf(JSON.parse(MessageBody) as EventsMessage)),
    );

describe("202: events are taken", () => {
  it("go to the queue in one message, each once, under the ids that are answered", async () => {
    const { statusCode, json } = await post(Array.from({ length: 500 }, () => anEvent()));

    expect(statusCode).toBe(202);
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

    const asked = aws.callsOf("BatchGetItem").map(({ input }) => {
      const { events } = input.RequestItems as { events: { Keys: unknown[]; ConsistentRead: boolean } };
      return [events.Keys.length, events.ConsistentRead];
    });
    expect(asked.sort()).toEqual([
      [100, true],
      [50, true],
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
    const { statusCode, json } = await post([anEvent({ type: "audit" })], { query: { more: "1" } });

    expect(statusCode).toBe(400);
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(["/more", "/0/type"]);
    expect(aws.calls).toEqual([]);
  });
});

describe("503: the queue did not take all", () => {
  it("tells that sending the same request again is safe", async () => {
    aws.answerWith({
      ...taken,
      SendMessageBatch: (input) => ({
        Successful: [],
        Failed: entriesOf(input).map(({ Id }) => ({ Id, Code: "InvalidMessageContents", SenderFault: true })),
      }),
    });

    const { statusCode, json } = await post([anEvent(), anEvent()]);

    expect(statusCode).toBe(503);
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
