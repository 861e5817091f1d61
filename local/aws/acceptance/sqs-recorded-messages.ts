import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { eventually, failureOf } from "../testing/port.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";
import { queueClient } from "./sqs-client.ts";

const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });

/** What SQS was recorded to answer about messages: LocalStack's tests that were run against AWS. */
export const describeRecordedMessages = (start: StartEmulator) =>
  describe("SQS, as recorded: messages", () => {
    const clients = useEmulator(start);
    const { make, attribute, send, receive } = queueClient(clients);
    const change = (QueueUrl: string, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      clients().sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));

    it.each([
      ["none", [], undefined, []],
      ["All", ["All"], "4c360f3fdafd970e05fae2f149d997f5", ["General", "Hello", "Help.Me"]],
      ["*", ["*"], "4c360f3fdafd970e05fae2f149d997f5", ["General", "Hello", "Help.Me"]],
      [".*", [".*"], "4c360f3fdafd970e05fae2f149d997f5", ["General", "Hello", "Help.Me"]],
      ["names that are not there", ["Foo", "Help"], undefined, []],
      [
        "names that are there",
        ["Hello", "General"],
        "fca026605781cb4126a1e9044df24232",
        ["General", "Hello"],
      ],
      ["one of each", ["Foo", "Hello"], "a311262e065454b75da111d535b8dacd", ["Hello"]],
      ["a prefix", ["Hel.*"], "83fee93c1bcd8b9a5a923ffacdc636c7", ["Hello", "Help.Me"]],
      ["a reserved name", ["AWS."], undefined, []],
      ["a name with two dots", ["..foo"], undefined, []],
    ])("gives the attributes that are asked for by %s, and their digest", async (_, names, digest, given) => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "msg", {
        MessageAttributes: { "Help.Me": text("Me"), Hello: text("There"), General: text("Kenobi") },
      });

      const [message] = await receive(QueueUrl, { MessageAttributeNames: names });

      expect(message?.MD5OfBody).toBe("6e2baaf3b97dbeef01c0043275f9a0e7");
      expect(message?.MD5OfMessageAttributes).toBe(digest);
      expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual(given);
    });

    it("gives the system attributes that are asked for, and no more", async () => {
      const { QueueUrl } = await make({ VisibilityTimeout: "0" });
      await send(QueueUrl, "msg", { MessageAttributes: { Foo: text("Bar") } });
      const receiveWith = async (more: object) =>
        (await clients().sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages?.[0];

      const all = await receiveWith({ AttributeNames: ["All"] });
      const both = await receiveWith({ AttributeNames: ["All"], MessageAttributeNames: ["All"] });
      const one = await receiveWith({ AttributeNames: ["SenderId"] });

      expect(Object.keys(all?.Attributes ?? {}).sort()).toEqual([
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "SenderId",
        "SentTimestamp",
      ]);
      expect(all?.MessageAttributes).toBeUndefined();
      expect(both?.Attributes?.ApproximateReceiveCount).toBe("2");
      expect(both?.MD5OfMessageAttributes).toBe("ae7155c6026991b6d54b11589678bf9c");
      expect(Object.keys(one?.Attributes ?? {})).toEqual(["SenderId"]);
    });

    it("keeps bytes in attributes, with the digest that AWS makes of them", async () => {
      const { QueueUrl } = await make();
      const BinaryValue = Buffer.from(
        "traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01",
      );
      await send(QueueUrl, "test", { MessageAttributes: { attr1: { DataType: "Binary", BinaryValue } } });

      const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"] });

      expect(message?.MD5OfMessageAttributes).toBe("8cbe4db156db8a94db8b801b7addb984");
      expect(message?.MessageAttributes?.attr1?.BinaryValue).toEqual(new Uint8Array(BinaryValue));
    });

    it("keeps the trace header, whose digest is its own", async () => {
      const { QueueUrl } = await make();
      const MessageAttributes = { timestamp: { StringValue: "1493147359900", DataType: "Number" } };
      const header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

      const without = await send(QueueUrl, "test", { MessageAttributes });
      const traced = await send(QueueUrl, "test", {
        MessageAttributes,
        MessageSystemAttributes: { AWSTraceHeader: text(header) },
      });
      const received = await receive(QueueUrl);

      expect(traced.MD5OfMessageAttributes).toBe(without.MD5OfMessageAttributes);
      expect(without.MD5OfMessageSystemAttributes).toBeUndefined();
      expect(traced.MD5OfMessageSystemAttributes).toBe("5ae4d5d7636402d80f4eb6d213245a88");
      expect(received.map(({ Attributes }) => Attributes?.AWSTraceHeader)).toEqual([undefined, header]);
    });

    it("keeps the group of a message on a standard queue, and takes no deduplication there", async () => {
      const { QueueUrl } = await make();

      await send(QueueUrl, "x", { MessageGroupId: "credit-union-1" });
      const refused = await failureOf(send(QueueUrl, "x", { MessageDeduplicationId: "d" }));
      const tooLong = await failureOf(send(QueueUrl, "x", { MessageGroupId: "g".repeat(129) }));

      expect((await receive(QueueUrl))[0]?.Attributes?.MessageGroupId).toBe("credit-union-1");
      expect([refused.name, tooLong.name]).toEqual(["InvalidParameterValue", "InvalidParameterValue"]);
    });

    it.each([
      ["a control character", "Invalid-\u0008-"],
      ["NUL", "\u0000"],
      ["U+FFFE", "x\uFFFE"],
      ["U+FFFF", "x\uFFFF"],
      ["a lone surrogate", "x\uD800y"],
    ])("refuses a body with %s", async (_, body) => {
      const { QueueUrl } = await make();

      const { name, status } = await failureOf(send(QueueUrl, body));

      expect([name, status]).toEqual(["InvalidMessageContents", 400]);
    });

    it("takes every character that XML allows", async () => {
      const { QueueUrl } = await make();
      const body = "\t\n\r \uD7FF\uE000\uFFFD\u{10000}\u{10FFFF}";

      await send(QueueUrl, body);

      expect((await receive(QueueUrl))[0]?.Body).toBe(body);
    });

    it("fails only the entry with such a character", async () => {
      const { QueueUrl } = await make();
      const Entries = ["0", "1", "\u0001"].map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));

      const { Failed = [], Successful = [] } = await clients().sqs.send(
        new SendMessageBatchCommand({ QueueUrl, Entries }),
      );

      expect(Failed.map(({ Id, Code }) => [Id, Code])).toEqual([["2", "InvalidMessageContents"]]);
      expect(Successful).toHaveLength(2);
    });

    it.each([
      ["an empty text", { ErrorDetails: text("") }],
      ["a control character", { attr1: text("Invalid-\u0008,\u000b") }],
      ["a name that AWS reserves", { "aWs.-Invalid": text("Valid") }],
      ["a name that Amazon reserves", { "AMAZON.-Invalid": text("Valid") }],
      ["a name that begins with a dot", { ".-Invalid": text("Valid") }],
      ["a name that ends with a dot", { "Invalid.": text("Valid") }],
      ["a name with a question mark", { "Invalid-?": text("Valid") }],
      ["a name of 257 characters", { ["L".repeat(257)]: text("Valid") }],
      ["an unknown type", { name: { DataType: "Invalid", StringValue: "Valid" } }],
      ["a type that is too long", { name: { DataType: `Number.${"L".repeat(256)}`, StringValue: "1" } }],
    ])("refuses an attribute with %s", async (_, MessageAttributes) => {
      const { QueueUrl } = await make();

      const { name } = await failureOf(send(QueueUrl, "test", { MessageAttributes }));

      expect(name).toBe("InvalidParameterValue");
    });

    it("takes an attribute whose name has letters of any language", async () => {
      const { QueueUrl } = await make();

      await send(QueueUrl, "test", { MessageAttributes: { "attr.1øßä": text("Valid") } });

      expect((await receive(QueueUrl, { MessageAttributeNames: ["All"] }))[0]?.MessageAttributes).toEqual({
        "attr.1øßä": text("Valid"),
      });
    });

    it("takes a message of the queue's own limit and not one byte more", async () => {
      const { QueueUrl } = await make({ MaximumMessageSize: "1024" });

      await send(QueueUrl, "a".repeat(1024));
      const { name, error } = await failureOf(send(QueueUrl, "a".repeat(1025)));

      expect([name, error.message]).toEqual([
        "InvalidParameterValue",
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
      ]);
    });

    it("holds the queue's limit against each entry of a batch and not against their sum", async () => {
      const { QueueUrl } = await make({ MaximumMessageSize: "2048" });

      const { Successful = [], Failed } = await clients().sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: "1", MessageBody: "a".repeat(2040), MessageAttributes: { k: text("x") } },
            { Id: "2", MessageBody: "a" },
          ],
        }),
      );

      expect(Failed ?? []).toEqual([]);
      expect(Successful.map(({ MD5OfMessageBody }) => MD5OfMessageBody)).toEqual([
        "f44facf5a7ee0af446ecf3e0f854441e",
        "0cc175b9c0f1b6a831c399e269772661",
      ]);
      expect(Successful[0]?.MD5OfMessageAttributes).toBe("a45daa70926828a2f0a1db3418e6feb4");
    });

    it("gives at most ten messages", async () => {
      const { QueueUrl } = await make();

      const { name, error } = await failureOf(receive(QueueUrl, { MaxNumberOfMessages: 11 }));

      expect([name, error.message]).toEqual([
        "InvalidParameterValue",
        "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
      ]);
    });

    it("says of a text that is no receipt handle that it is none", async () => {
      const { QueueUrl } = await make();

      expect((await failureOf(change(QueueUrl, "INVALID", 60))).name).toBe("ReceiptHandleIsInvalid");
    });

    it("hides a message anew when its visibility ran out and it has not been received since", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "test");
      const [message] = await receive(QueueUrl, { VisibilityTimeout: 0 });

      await change(QueueUrl, message?.ReceiptHandle, 30);

      expect(await receive(QueueUrl)).toEqual([]);
    });

    it("shows a message by the handle of an earlier receive", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "test");
      const [first] = await receive(QueueUrl, { VisibilityTimeout: 0 });
      await receive(QueueUrl, { VisibilityTimeout: 30 });

      await change(QueueUrl, first?.ReceiptHandle, 0);

      expect(await receive(QueueUrl)).toHaveLength(1);
    });

    it("gives each receive a handle of its own", async () => {
      const { QueueUrl } = await make({ VisibilityTimeout: "0" });
      await send(QueueUrl, "test");

      const [first] = await receive(QueueUrl);
      const [second] = await receive(QueueUrl);

      expect(first?.ReceiptHandle).not.toBe(second?.ReceiptHandle);
    });

    it("deletes by a handle whose visibility ran out", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "test");
      const [message] = await receive(QueueUrl, { VisibilityTimeout: 0 });

      await clients().sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));

      await eventually(async () => (await attribute(QueueUrl, "ApproximateNumberOfMessages")) === "0");
    });

    it("refuses to show a message that was deleted", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "test");
      const [message] = await receive(QueueUrl);
      await clients().sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));

      const { name } = await failureOf(change(QueueUrl, message?.ReceiptHandle, 0));

      expect(name).toBe("InvalidParameterValue");
    });
  });
