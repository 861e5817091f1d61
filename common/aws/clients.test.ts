import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openLine } from "#common/telemetry/line.ts";
import { type AwsAnswers, type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { watchClients } from "./clients.ts";
import { putItems } from "./dynamodb.ts";
import { putEvents } from "./eventbridge.ts";
import { putRecords } from "./firehose.ts";
import { generateMac } from "./kms.ts";
import { publishMessages } from "./sns.ts";
import { sendMessage, sendMessages } from "./sqs.ts";

let aws: AwsServer;
beforeAll(async () => {
  aws = await startAwsServer();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
});
afterAll(() => aws.stop());

const ENTRIES = 23;
const numbers = Array.from({ length: ENTRIES }, (_, n) => n);
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** Number 3 is refused once and then taken, number 7 is refused for good. */
let taken: number[];
let refusedOnce: Set<number>;
const fateOf = (n: number): "taken" | "later" | "never" => {
  if (n === 7) return "never";
  if (n === 3 && !refusedOnce.has(n)) {
    refusedOnce.add(n);
    return "later";
  }
  taken.push(n);
  return "taken";
};

type Entry = Record<string, unknown>;
const entriesOf = (value: unknown) => value as Entry[];

/** Firehose and DynamoDB have no refusal that is final: there, number 7 is refused until the tries are used up. */
const services: Record<
  string,
  {
    countMax: number;
    answers: AwsAnswers;
    send: () => Promise<{ item: unknown; retry: boolean }[]>;
    numberOf: (item: never) => number;
    endless?: true;
  }
> = {
  SQS: {
    countMax: 10,
    send: () =>
      sendMessages(
        `${aws.url}/0/queue`,
        numbers.map((n) => ({ body: String(n), attributes: { a: "" } })),
      ),
    numberOf: ({ body }: { body: string }) => Number(body),
    answers: {
      SendMessageBatch: ({ Entries }) => {
        const fates = entriesOf(Entries).map((entry) => ({ entry, fate: fateOf(Number(entry.MessageBody)) }));
        return {
          Successful: fates
            .filter(({ fate }) => fate === "taken")
            .map(({ entry }) => ({
              Id: entry.Id,
              MessageId: "m",
              MD5OfMessageBody: md5(String(entry.MessageBody)),
            })),
          Failed: fates
            .filter(({ fate }) => fate !== "taken")
            .map(({ entry, fate }) => ({ Id: entry.Id, Code: fate, SenderFault: fate === "never" })),
        };
      },
    },
  },
  SNS: {
    countMax: 10,
    send: () =>
      publishMessages(
        "arn:aws:sns:us-east-1:0:topic",
        numbers.map((n) => ({ message: String(n) })),
      ),
    numberOf: ({ message }: { message: string }) => Number(message),
    answers: {
      PublishBatch: (form) => {
        const ids = Object.keys(form).filter((name) => /member\.\d+\.Id$/.test(name));
        const members = ids.map((name) => {
          const fate = fateOf(Number(form[name.replace(/Id$/, "Message")]));
          const id = `<member><Id>${form[name]}</Id>`;
          return fate === "taken"
            ? { good: `${id}<MessageId>m</MessageId></member>`, bad: "" }
            : {
                good: "",
                bad: `${id}<Code>${fate}</Code><SenderFault>${fate === "never"}</SenderFault></member>`,
              };
        });
        const [good, bad] = [members.map((m) => m.good).join(""), members.map((m) => m.bad).join("")];
        return `<PublishBatchResponse><PublishBatchResult><Successful>${good}</Successful><Failed>${bad}</Failed></PublishBatchResult></PublishBatchResponse>`;
      },
    },
  },
  EventBridge: {
    countMax: 10,
    send: () =>
      putEvents(
        "bus",
        numbers.map((n) => ({ source: "s", detailType: "t", detail: String(n) })),
      ),
    numberOf: ({ detail }: { detail: string }) => Number(detail),
    answers: {
      PutEvents: ({ Entries }) => ({
        Entries: entriesOf(Entries).map(({ Detail }) => {
          const fate = fateOf(Number(Detail));
          if (fate === "taken") return { EventId: "e" };
          return { ErrorCode: fate === "never" ? "MalformedDetail" : "InternalFailure", ErrorMessage: "no" };
        }),
      }),
    },
  },
  Firehose: {
    countMax: 500,
    endless: true,
    send: () =>
      putRecords(
        "stream",
        numbers.map((n) => Buffer.from(String(n))),
      ),
    numberOf: (item: Uint8Array) => Number(Buffer.from(item).toString()),
    answers: {
      PutRecordBatch: ({ Records }) => ({
        FailedPutCount: 0,
        RequestResponses: entriesOf(Records).map(({ Data }) =>
          fateOf(Number(Buffer.from(String(Data), "base64"))) === "taken"
            ? { RecordId: "r" }
            : { ErrorCode: "ServiceUnavailableException", ErrorMessage: "slow" },
        ),
      }),
    },
  },
  DynamoDB: {
    countMax: 25,
    endless: true,
    send: () =>
      putItems(
        "table",
        numbers.map((n) => ({ id: { N: String(n) } })),
      ),
    numberOf: ({ id }: { id: { N: string } }) => Number(id.N),
    answers: {
      BatchWriteItem: ({ RequestItems }) => {
        const puts = (RequestItems as { table: { PutRequest: { Item: { id: { N: string } } } }[] }).table;
        return {
          UnprocessedItems: {
            table: puts.filter((put) => fateOf(Number(put.PutRequest.Item.id.N)) !== "taken"),
          },
        };
      },
    },
  },
};

describe.each(Object.entries(services))(
  "a batch to %s",
  (_, { countMax, answers, send, numberOf, endless }) => {
    beforeEach(() => {
      taken = [];
      refusedOnce = new Set();
      vi.spyOn(Math, "random").mockReturnValue(0);
      aws.answerWith(answers);
    });

    it("has each entry taken once, or reports that it was not", async () => {
      const refused = await send();

      expect(refused.map(({ item }) => numberOf(item as never))).toEqual([7]);
      expect(refused[0]?.retry).toBe(endless === true);
      expect(taken.toSorted((a, b) => a - b)).toEqual(numbers.filter((n) => n !== 7));
      expect(aws.calls).toHaveLength(Math.ceil(ENTRIES / countMax) + (endless ? 5 : 1));
    });
  },
);

describe("the clients", () => {
  it("are remembered once each, for the tracer", async () => {
    aws.answerWith({ GenerateMac: () => ({ Mac: Buffer.alloc(32, 7).toString("base64") }) });
    await generateMac("alias/a", "x");
    const shown: object[] = [];
    watchClients((client) => shown.push(client));

    expect(await generateMac("alias/a", "x")).toEqual(new Uint8Array(32).fill(7));

    expect(shown).toHaveLength(6);
    expect(new Set(shown).size).toBe(6);
  });

  it("do not take an answer without a MAC for one", async () => {
    aws.answerWith({ GenerateMac: () => ({}) });

    await expect(generateMac("alias/a", "x")).rejects.toThrow("without a MAC");
  });
});

describe("a message to a queue", () => {
  const sentAttributes = (operation: string) =>
    aws.callsOf(operation).flatMap(({ input }) => [input.Entries ?? input].flat()) as Entry[];
  const id = { transactionId: { DataType: "String", StringValue: "tx-1" } };
  const queue = () => `${aws.url}/0/queue`;

  beforeEach(() => {
    aws.answerWith({
      SendMessage: ({ MessageBody }) => ({ MessageId: "m", MD5OfMessageBody: md5(String(MessageBody)) }),
      SendMessageBatch: ({ Entries }) => ({
        Successful: entriesOf(Entries).map(({ Id, MessageBody }) => ({
          Id,
          MessageId: "m",
          MD5OfMessageBody: md5(String(MessageBody)),
        })),
        Failed: [],
      }),
    });
  });

  it("carries the transaction id of what is being done, and its own where it has one", async () => {
    openLine("", { transactionId: "tx-1" });
    await sendMessage(queue(), { body: "a" });
    await sendMessages(queue(), [{ body: "b", attributes: { transactionId: "tx-2", code: "c" } }]);

    expect(sentAttributes("SendMessage")[0]?.MessageAttributes).toEqual(id);
    expect(sentAttributes("SendMessageBatch")[0]?.MessageAttributes).toMatchObject({
      transactionId: { StringValue: "tx-2" },
      code: { StringValue: "c" },
    });
  });

  it("carries none where none is known", async () => {
    openLine("", {});
    await sendMessage(queue(), { body: "a" });

    expect(sentAttributes("SendMessage")[0]).not.toHaveProperty("MessageAttributes");
  });
});
