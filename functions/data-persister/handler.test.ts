import { beforeEach, describe, expect, it } from "vitest";
import { type AwsAnswers, AwsRefusal } from "#common/testing/aws-server.ts";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";

type Put = { PutRequest: { Item: Record<string, { S: string }> } };
type Letter = { Id: string; MessageBody: string; MessageAttributes: Record<string, { StringValue: string }> };

const { aws, deliver: run, output } = await startFunctionOnFake("data-persister");
const RECORDS = "millrace-local-records";

let rows: Map<string, Record<string, { S: string }>>;

const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const message = (n: number, over: object = {}) => ({
  id: idOf(n),
  createdAt: "2026-05-05T12:00:00.000Z",
  organizationId: "demo",
  userId: "user-1",
  data: `{"n":${n}}`,
  ...over,
});
const putsOf = (input: Record<string, unknown>): Put[] =>
  (input.RequestItems as Record<string, Put[]>)[RECORDS] ?? [];
const keep = (puts: Put[]) => {
  for (const {
    PutRequest: { Item },
  } of puts)
    rows.set(`${Item.owner?.S} ${Item.id?.S}`, Item);
};
const letters = (): Letter[] =>
  aws.callsOf("SendMessageBatch").flatMap(({ input }) => input.Entries as Letter[]);

const taken: AwsAnswers = {
  BatchWriteItem: (input) => {
    keep(putsOf(input));
    return { UnprocessedItems: {} };
  },
  SendMessageBatch: () => ({ Successful: [], Failed: [] }),
};

beforeEach(() => {
  rows = new Map();
  aws.answerWith(taken);
});

describe("records from the queue", () => {
  it("are kept under their owner, the data as text, in one call", async () => {
    expect(await run(message(1), message(2, { userId: "user-2" }))).toEqual([]);

    expect(aws.calls).toHaveLength(1);
    expect(rows.get(`demo#user-1 ${idOf(1)}`)).toEqual({
      owner: { S: "demo#user-1" },
      id: { S: idOf(1) },
      createdAt: { S: "2026-05-05T12:00:00.000Z" },
      data: { S: '{"n":1}' },
    });
    expect(rows.has(`demo#user-2 ${idOf(2)}`)).toBe(true);
  });

  it("are one row each, however often their message comes, at once or again", async () => {
    expect(await run(message(1), message(1))).toEqual([]);
    expect(await run(message(1))).toEqual([]);

    expect(rows.size).toBe(1);
    expect(aws.calls.map(({ input }) => putsOf(input).length)).toEqual([1, 1]);
  });

  it("are tried again inside the invocation when DynamoDB leaves some unprocessed", async () => {
    let calls = 0;
    aws.answerWith({
      ...taken,
      BatchWriteItem: (input) => {
        const puts = putsOf(input);
        calls += 1;
        keep(calls === 1 ? puts.slice(1) : puts);
        return { UnprocessedItems: calls === 1 ? { [RECORDS]: puts.slice(0, 1) } : {} };
      },
    });

    expect(await run(message(1), message(2))).toEqual([]);

    expect(rows.size).toBe(2);
    expect(aws.calls.map(({ input }) => putsOf(input).length)).toEqual([2, 1]);
    expect(output().metrics()[0]).toMatchObject({ BatchItemsRetried: 1 });
  });

  it("go back to the queue, those and no others, that stay unprocessed", async () => {
    aws.answerWith({
      ...taken,
      BatchWriteItem: (input) => ({
        UnprocessedItems: {
          [RECORDS]: putsOf(input).filter(({ PutRequest }) => PutRequest.Item.id?.S === idOf(2)),
        },
      }),
    });

    expect(await run(message(1), message(2), message(2), message(3))).toEqual(["message-1", "message-2"]);

    expect(output().lines().at(-1)).toMatchObject({ level: "warn", failed: 2, rejected: 0 });
  });

  it("go back to the queue all when the table cannot be written", async () => {
    aws.answerWith({
      ...taken,
      BatchWriteItem: () => {
        throw new AwsRefusal("AccessDeniedException", "may not write");
      },
    });

    expect(await run(message(1), message(2))).toEqual(["message-0", "message-1"]);

    expect(output().lines().at(-1)).toMatchObject({ internal: "AccessDeniedException: may not write" });
  });

  it("that never can be are kept as dead letters at once, and the others are kept as records", async () => {
    const bad = [
      message(1, { id: "x" }),
      message(2, { more: 1 }),
      message(3, { userId: "" }),
      message(4, { data: 5 }),
      "{",
    ];

    expect(await run(...bad, message(6))).toEqual([]);

    expect(rows.size).toBe(1);
    expect(letters().map(({ MessageBody }) => MessageBody)).toEqual(
      bad.map((body) => (typeof body === "string" ? body : JSON.stringify(body))),
    );
    expect(letters().find(({ MessageBody }) => MessageBody === "{")?.MessageAttributes).toMatchObject({
      code: { StringValue: "MESSAGE_NOT_JSON" },
      originalMessageId: { StringValue: "message-4" },
    });
    expect(output().lines().at(-1)).toMatchObject({ level: "error", rejected: 5 });
  });

  it("leave nothing in the log of what they hold, whatever happens", async () => {
    const CANARY = "canary-81bc";
    const quoting =
      (name: string): AwsAnswers[string] =>
      (input) => {
        throw new AwsRefusal(name, `cannot read ${JSON.stringify(input)}`);
      };
    const scenes: AwsAnswers[] = [
      taken,
      { ...taken, BatchWriteItem: quoting("ValidationException") },
      { ...taken, BatchWriteItem: quoting("SerializationException") },
      { ...taken, BatchWriteItem: () => "no JSON" },
      { ...taken, SendMessageBatch: quoting("InvalidMessageContents") },
    ];

    for (const scene of scenes) {
      aws.answerWith(scene);
      await run(
        message(1, { data: CANARY }),
        `{"${CANARY}`,
        { [CANARY]: CANARY },
        message(2, { id: CANARY }),
      );
    }

    expect(output().lines().length).toBeGreaterThanOrEqual(scenes.length);
    expect(output().text()).not.toContain(CANARY);
  });
});
