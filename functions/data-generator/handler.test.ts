import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type AwsAnswers, AwsRefusal } from "#common/testing/aws-server.ts";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";

const { ask, aws, output } = await startFunctionOnFake("data-generator");

const taken: AwsAnswers = {
  SendMessage: ({ MessageBody }) => ({
    MessageId: "m",
    // The SDK compares it.
    MD5OfMessageBody: createHash("md5").update(String(MessageBody)).digest("hex"),
  }),
  PutItem: () => ({}),
  UpdateItem: () => ({}),
  DeleteItem: () => ({}),
};

beforeEach(() => {
  aws.answerWith(taken);
});

const post = (body: unknown, over: Partial<RestRequest> = {}) => ask({ route: "POST /data", body, ...over });
const sent = (): Record<string, string> =>
  JSON.parse(String(aws.callsOf("SendMessage")[0]?.input.MessageBody));
const errorsOf = async (body: unknown) => {
  const { status, json } = await post(body);
  expect(aws.calls).toEqual([]);
  return { status, errors: json.errors };
};
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n]));

describe("202: a record is taken", () => {
  it("goes to the queue under the id and time that are answered, as the token's owner's", async () => {
    const { status, json } = await post({ informationOne: "aaa23" });

    expect(status).toBe(202);
    expect(json.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(sent()).toEqual({
      ...json,
      organizationId: "demo",
      userId: "user-1",
      data: '{"informationOne":"aaa23"}',
    });
  });

  it("keeps the text as it was sent, white space at its ends apart", async () => {
    const text = '{ "b" : 12345678901234567890.10, "a":1e400,"\\u0061\\/" :\t"\\ud83d\\ude00é",  "c": [ ] }';

    await post(`\r\n\t ${text} \n`);

    expect(sent().data).toBe(text);
  });

  it("keeps any record's text as it was sent", async () => {
    const record = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ stringUnit: "grapheme" }), {
      minKeys: 1,
      maxKeys: 5,
    });
    await fc.assert(
      fc.asyncProperty(record, fc.constantFrom(undefined, 1, "\t"), async (value, indent) => {
        aws.answerWith(taken);
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes("__proto__") && !text.includes("\ufffd"));

        expect((await post(text)).status).toBe(202);
        expect(sent().data).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it("cannot be made another's by its body", async () => {
    await post({ userId: "other", organizationId: "other", id: "x", createdAt: "y" });

    expect(sent()).toMatchObject({ userId: "user-1", organizationId: "demo" });
  });

  it("takes 1 to 100 fields and 262,144 bytes", async () => {
    const largest = `{"a":"${"é".repeat((262_144 - 8) / 2)}"}`;

    expect((await post({ a: null })).status).toBe(202);
    expect((await post(fields(100))).status).toBe(202);
    expect(Buffer.byteLength(largest)).toBe(262_144);
    expect((await post(largest)).status).toBe(202);
  });
});

describe("400: what is no record", () => {
  it.each([
    ["nothing", undefined, "must not be empty"],
    ["white space", " \n", "must not be empty"],
    ["no JSON", "{a:1}", "must be valid JSON"],
    ["an array", "[1]", "must be object, got an array of 1"],
    ["null", "null", "must be object, got null"],
    ["a text", '"x"', "must be object, got a string of 1"],
    ["no field", "{}", "must have at least 1 fields, got an object of 0 fields"],
    ["101 fields", fields(101), "must have at most 100 fields, got an object of 101 fields"],
  ])("%s", async (_, body, message) => {
    expect(await errorsOf(body)).toEqual({ status: 400, errors: [{ in: "body", path: "", message }] });
  });

  it("an object with two equal keys, which would be kept as both and read as one", async () => {
    expect(await errorsOf('{"a":1,"b":{"c":1,"c":1}}')).toEqual({
      status: 400,
      errors: [{ in: "body", path: "/b/c", message: "must stand only once in its object" }],
    });
  });

  it("names every fault at once", async () => {
    const many = JSON.stringify(fields(100)).slice(0, -1);

    const { status, errors } = await errorsOf(`${many},"__proto__":1,"x":["\\ud800"],"\\udc00":2}`);

    expect(status).toBe(400);
    expect(errors).toHaveLength(4);
    expect(errors).toEqual(
      expect.arrayContaining([
        { in: "body", path: "/__proto__", message: "must not be used as a field's name" },
        { in: "body", path: "/x/0", message: "must not hold a lone surrogate" },
        { in: "body", path: "/\ufffd", message: "must not have a lone surrogate in its name" },
        { in: "body", path: "", message: "must have at most 100 fields, got an object of 103 fields" },
      ]),
    );
  });

  it("100,000 levels", async () => {
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;

    const { status, errors } = await errorsOf(deep);

    expect(status).toBe(400);
    expect(errors).toEqual([
      expect.objectContaining({ message: "must not be nested deeper than 100 levels" }),
    ]);
  });

  it("answers that fit through the gateway, however many and long the faults", async () => {
    const body = `{"${"x".repeat(100_000)}":[${Array(18_000).fill('"\\ud800"').join()}]}`;

    const answer = await post(body);

    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(1_000_000);
  });
});

describe("413: what is too large", () => {
  it.each([262_145, 1_048_577])("%d bytes", async (bytes) => {
    const { status, errors } = await errorsOf(`{"a":"${"x".repeat(bytes - 8)}"}`);

    expect({ status, errors }).toEqual({
      status: 413,
      errors: [{ in: "body", path: "", message: "must have at most 262144 bytes" }],
    });
  });
});

describe("an Idempotency-Key", () => {
  const headers = { "Idempotency-Key": "key-1" };

  it("sends the first attempt's message again when a first request died after sending", async () => {
    aws.answerWith({
      ...taken,
      PutItem: (input) => {
        const item = input.Item as Record<string, { S: string }>;
        throw new AwsRefusal("ConditionalCheckFailedException", "exists", 400, {
          Item: {
            ...item,
            attemptId: { S: "first-id" },
            attemptTime: { S: "first-time" },
            lockedUntil: { N: "0" },
          },
        });
      },
    });

    expect(await post({ a: 1 }, { headers })).toMatchObject({
      status: 202,
      json: { id: "first-id", createdAt: "first-time" },
    });
    expect(sent()).toMatchObject({ id: "first-id", createdAt: "first-time" });
    expect(aws.calls.map(({ operation }) => operation)).toEqual([
      "PutItem",
      "UpdateItem",
      "SendMessage",
      "UpdateItem",
    ]);
  });

  it("is not looked at for a body that is refused", async () => {
    expect((await post([], { headers })).status).toBe(400);
    expect(aws.calls).toEqual([]);
  });
});

describe("500: the queue does not take it", () => {
  it("answers no id, so that the caller does not take it for kept", async () => {
    aws.answerWith({
      ...taken,
      SendMessage: () => {
        throw new AwsRefusal("AccessDenied", "may not send", 403);
      },
    });

    const { status, json } = await post({ a: 1 });

    expect(status).toBe(500);
    expect(json).not.toHaveProperty("id");
    expect(output().lines().at(-1)).toMatchObject({ level: "error", code: "UNEXPECTED" });
  });
});

describe("the log", () => {
  it("never holds the body, the token or a header, whatever happens", async () => {
    const CANARY = "canary-7f3a";
    const headers = { authorization: `Bearer ${CANARY}`, cookie: CANARY, "x-transaction-id": `${CANARY} !` };
    const refusals = [
      "ValidationException",
      "InvalidMessageContents",
      "AccessDenied",
      "SerializationException",
    ];
    const bodies = [
      { [CANARY]: CANARY },
      `{"${CANARY}`,
      `${CANARY}`,
      [CANARY],
      `{"${CANARY}":"\\ud800"}`,
      `{"a":"${CANARY.repeat(30_000)}"}`,
    ];
    const scenes: AwsAnswers[] = [
      taken,
      ...refusals.map((name) => ({
        ...taken,
        SendMessage: (input: Record<string, unknown>) => {
          // AWS names what it may not do, and quotes what it cannot read.
          const quoted = name === "AccessDenied" ? "" : JSON.stringify(input);
          throw new AwsRefusal(name, `refused ${quoted}`);
        },
      })),
      { ...taken, SendMessage: () => "no JSON" },
      {
        ...taken,
        PutItem: (input) => {
          throw new AwsRefusal("ValidationException", JSON.stringify(input));
        },
      },
    ];

    for (const scene of scenes) {
      for (const body of bodies) {
        for (const key of [{}, { "Idempotency-Key": CANARY }, { "Idempotency-Key": `${CANARY} ${CANARY}` }]) {
          aws.answerWith(scene);
          await post(body, { headers: { ...headers, ...key }, query: {} });
          await post(body, { headers, query: { [CANARY]: CANARY } });
          await post(body, { headers, authorizer: callerContext({ roles: "" }) });
          await post(body, { headers, authorizer: null });
        }
      }
    }

    expect(output().lines().length).toBeGreaterThan(400);
    expect(output().text()).not.toContain(CANARY);
  });
});
