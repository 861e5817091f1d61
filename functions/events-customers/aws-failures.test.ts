import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { EventMessage } from "#common/events/event.ts";
import { type AwsAnswers, AwsRefusal, type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { callerContext, lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";

let aws: AwsServer;
let handler: typeof import("./handler.ts").handler;

beforeAll(async () => {
  aws = await startAwsServer();
  const environment = {
    ...aws.environment,
    EVENTS_AUDIT_QUEUE_URL: `${aws.url}/000000000000/events-audit`,
    EVENTS_TABLE: "events",
    CURSORS_KEY_ID: "alias/cursors",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import("./handler.ts"));
});
afterAll(() => aws.stop());

const profile = {
  pk: { S: "demo#customer#c1" },
  sk: { S: "profile" },
  customerId: { S: "c1" },
  name: { S: "Ann" },
  createdAt: { S: "2025-01-31T12:00:00.000Z" },
  updatedAt: { S: "2025-01-31T12:00:00.000Z" },
  version: { N: "3" },
  salt: { S: "AAAAAAAAAAAAAAAAAAAAAA" },
  digest: { S: "digest" },
  words: { S: '["ann"]' },
};

const answers: AwsAnswers = {
  SendMessage: ({ MessageBody }) => ({
    MessageId: "m",
    MD5OfMessageBody: createHash("md5").update(String(MessageBody)).digest("hex"),
  }),
  GetItem: () => ({ Item: profile }),
  TransactWriteItems: () => ({}),
};

beforeEach(() => {
  captureOutput();
  aws.answerWith(answers);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const call = async (route: string, over: Partial<RestRequest> = {}) => {
  const authorizer = callerContext({ roles: "admin" });
  const params = { customerId: "c1" };
  const result = await handler(restEvent({ route, params, authorizer, ...over }), lambdaContext());
  return { ...result, json: result.body === "" ? undefined : JSON.parse(result.body) };
};
const put = (body: unknown) => call("PUT /customers/{customerId}", { body });
const sent = () =>
  aws.callsOf("SendMessage").map(({ input }) => JSON.parse(String(input.MessageBody)) as EventMessage);
const operations = () => aws.calls.map(({ operation }) => operation);

/** What DynamoDB answers to a transaction whose first condition failed. */
const cancelled = (code: string) => () => {
  throw new AwsRefusal("TransactionCanceledException", "cancelled", 400, {
    CancellationReasons: [{ Code: code }, { Code: "None" }],
  });
};

describe("PUT /customers/{customerId}", () => {
  it("sends to the queue first, then writes all as one under the version that was read", async () => {
    const { statusCode, json } = await put({ name: "Ann Huber" });

    expect(statusCode).toBe(200);
    expect(json).toMatchObject({
      customerId: "c1",
      name: "Ann Huber",
      createdAt: "2025-01-31T12:00:00.000Z",
    });
    expect(operations()).toEqual(["GetItem", "SendMessage", "TransactWriteItems"]);
    const [written] = aws.callsOf("TransactWriteItems");
    expect(written?.input.TransactItems).toMatchObject([
      { Put: { ExpressionAttributeValues: { ":version": { N: "3" } }, Item: { version: { N: "4" } } } },
      { Put: { Item: { customerId: { S: "c1" } } } },
      { Put: { Item: { word: { S: "huber" } } } },
    ]);
    expect(sent()).toMatchObject([{ type: "audit", detail: { change: "customer_replaced", version: 4 } }]);
  });

  it.each(["ConditionalCheckFailed", "TransactionConflict"])(
    "reads again and tries again after %s, and is 409 when it never wins",
    async (code) => {
      aws.answerWith({ ...answers, TransactWriteItems: cancelled(code) });

      const { statusCode, json, headers } = await put({ name: "Ann Huber" });

      expect([statusCode, json.code, headers?.["retry-after"]]).toEqual([409, "CUSTOMER_IN_CHANGE", "1"]);
      expect(aws.callsOf("GetItem").length).toBeGreaterThan(1);
    },
  );

  it("is no 409 when DynamoDB cancels for another reason", async () => {
    aws.answerWith({ ...answers, TransactWriteItems: cancelled("ValidationError") });

    expect((await put({ name: "Ann Huber" })).statusCode).toBe(500);
  });
});

describe("DELETE /customers/{customerId}", () => {
  it("answers 204 after the event is on the queue and the items are gone as one", async () => {
    const { statusCode, body } = await call("DELETE /customers/{customerId}");

    expect([statusCode, body]).toEqual([204, ""]);
    expect(operations()).toEqual(["GetItem", "SendMessage", "TransactWriteItems"]);
    expect(sent()).toMatchObject([
      { type: "audit", detail: { change: "customer_erased", version: 3, digest: "digest" } },
    ]);
  });
});

describe("GET /customers/{customerId}", () => {
  it("shows nothing when it could not be recorded", async () => {
    aws.answerWith({
      ...answers,
      SendMessage: () => {
        throw new AwsRefusal("QueueDoesNotExist");
      },
    });

    const { statusCode, json, body } = await call("GET /customers/{customerId}");

    expect([statusCode, json.code]).toEqual([503, "READ_NOT_RECORDED"]);
    expect(body).not.toContain("Ann");
  });
});
