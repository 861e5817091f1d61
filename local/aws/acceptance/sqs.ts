import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { eventually, failureOf } from "../testing/port.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";
import { queueClient } from "./sqs-client.ts";

/** What the platform needs of SQS. */
export const describeSqs = (start: StartEmulator) =>
  describe("SQS", () => {
    const clients = useEmulator(start);
    const { make, send, receive, attribute } = queueClient(clients);

    it("gives back what was sent, with attributes of every kind", async () => {
      const { QueueUrl } = await make();
      const MessageAttributes = {
        text: { DataType: "String", StringValue: "é <&> \r\n" },
        count: { DataType: "Number", StringValue: "12" },
        bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255, 10]) },
      };

      const sent = await send(QueueUrl, "bödy \r\n <x>&amp;", { MessageAttributes });
      const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"] });

      expect(message?.Body).toBe("bödy \r\n <x>&amp;");
      expect(message?.MessageId).toBe(sent.MessageId);
      expect(message?.MessageAttributes).toEqual(MessageAttributes);
      expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
      expect(message?.Attributes?.ApproximateReceiveCount).toBe("1");
      expect(Number(message?.Attributes?.SentTimestamp)).toBeGreaterThan(1e12);
    });

    it("computes the digest of attributes as AWS does", async () => {
      const { QueueUrl } = await make();

      const sent = await send(QueueUrl, "x", {
        MessageAttributes: { timestamp: { DataType: "Number", StringValue: "1493147359900" } },
      });

      // The digest that AWS answers for this attribute, in the query and in the JSON protocol.
      expect(sent.MD5OfMessageAttributes).toBe("235c5c510d26fb653d073faed50ae77c");
    });

    it("hides a received message until its visibility ends, then counts up", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "again");
      await receive(QueueUrl, { VisibilityTimeout: 1 });

      expect(await receive(QueueUrl)).toEqual([]);
      const [second] = await receive(QueueUrl, { WaitTimeSeconds: 5 });

      expect(second?.Attributes?.ApproximateReceiveCount).toBe("2");
    });

    it("shows a message at once when its visibility is set to zero", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "now");
      const [message] = await receive(QueueUrl);

      await clients().sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout: 0,
        }),
      );

      expect(await receive(QueueUrl)).toHaveLength(1);
    });

    it("deletes only by the last receipt", async () => {
      const { QueueUrl } = await make({ VisibilityTimeout: "0" });
      await send(QueueUrl, "once");
      const [first] = await receive(QueueUrl);
      const [second] = await receive(QueueUrl);

      await clients().sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
      expect(await attribute(QueueUrl, "ApproximateNumberOfMessages")).toBe("1");
      await clients().sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }));

      expect(await attribute(QueueUrl, "ApproximateNumberOfMessages")).toBe("0");
    });

    it("wakes a long poll when a message comes", async () => {
      const { QueueUrl } = await make();
      const polling = receive(QueueUrl, { WaitTimeSeconds: 20 });

      await send(QueueUrl, "wake up");

      expect((await polling).map(({ Body }) => Body)).toEqual(["wake up"]);
    });

    it("delays a message", async () => {
      const { QueueUrl } = await make();
      await send(QueueUrl, "later", { DelaySeconds: 1 });

      expect(await receive(QueueUrl)).toEqual([]);
      expect(await attribute(QueueUrl, "ApproximateNumberOfMessagesDelayed")).toBe("1");
      expect(await receive(QueueUrl, { WaitTimeSeconds: 5 })).toHaveLength(1);
    });

    it("reports failures of a batch entry by entry", async () => {
      const { QueueUrl } = await make();

      const { Successful = [], Failed = [] } = await clients().sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: "good", MessageBody: "x" },
            { Id: "late", MessageBody: "x", DelaySeconds: 901 },
          ],
        }),
      );
      const messages = await receive(QueueUrl);
      const deleted = await clients().sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: "a", ReceiptHandle: messages[0]?.ReceiptHandle },
            { Id: "b", ReceiptHandle: "nonsense" },
          ],
        }),
      );

      expect(Successful.map(({ Id }) => Id)).toEqual(["good"]);
      expect(Failed.map(({ Id, SenderFault }) => [Id, SenderFault])).toEqual([["late", true]]);
      expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(["a"]);
      expect(deleted.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([["b", "ReceiptHandleIsInvalid"]]);
    });

    it.each([
      ["no entry", [], "EmptyBatchRequest"],
      [
        "eleven entries",
        Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, MessageBody: "x" })),
        "TooManyEntriesInBatchRequest",
      ],
      [
        "one id twice",
        [
          { Id: "a", MessageBody: "x" },
          { Id: "a", MessageBody: "y" },
        ],
        "BatchEntryIdsNotDistinct",
      ],
      [
        "more than a mebibyte",
        [
          { Id: "a", MessageBody: "x".repeat(600_000) },
          { Id: "b", MessageBody: "x".repeat(600_000) },
        ],
        "BatchRequestTooLong",
      ],
    ])("refuses a batch with %s", async (_, Entries, code) => {
      const { QueueUrl } = await make();

      const { name } = await failureOf(
        clients().sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
      );

      expect(name).toBe(code);
    });

    it("takes a message of a mebibyte and not one byte more", async () => {
      const { QueueUrl } = await make();

      await send(QueueUrl, "x".repeat(1_048_576));
      const { name } = await failureOf(send(QueueUrl, "x".repeat(1_048_577)));

      expect(name).toBe("InvalidParameterValue");
    });

    it("counts what is visible and what is in flight", async () => {
      const { QueueUrl } = await make();
      await Promise.all(["a", "b", "c"].map((body) => send(QueueUrl, body)));

      await receive(QueueUrl, { MaxNumberOfMessages: 1 });

      expect(await attribute(QueueUrl, "ApproximateNumberOfMessages")).toBe("2");
      expect(await attribute(QueueUrl, "ApproximateNumberOfMessagesNotVisible")).toBe("1");
    });

    it("keeps, lists, empties and removes queues", async () => {
      const { QueueUrl, QueueName } = await make();
      await clients().sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "77" } }),
      );
      await send(QueueUrl, "x");
      await clients().sqs.send(new PurgeQueueCommand({ QueueUrl }));

      const { QueueUrls } = await clients().sqs.send(new ListQueuesCommand({ QueueNamePrefix: QueueName }));
      expect(QueueUrls).toEqual([QueueUrl]);
      expect(await attribute(QueueUrl, "VisibilityTimeout")).toBe("77");
      await eventually(async () => (await attribute(QueueUrl, "ApproximateNumberOfMessages")) === "0");
      await clients().sqs.send(new DeleteQueueCommand({ QueueUrl }));

      const { name, status } = await failureOf(clients().sqs.send(new GetQueueUrlCommand({ QueueName })));
      expect([name, status]).toEqual(["QueueDoesNotExist", 400]);
    });

    it("gives each of many concurrent messages to one receiver only", async () => {
      const { QueueUrl } = await make();
      const bodies = Array.from({ length: 200 }, (_, index) => `${index}`);
      await Promise.all(bodies.map((body) => send(QueueUrl, body)));
      const seen: string[] = [];

      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (;;) {
            const messages = await receive(QueueUrl);
            if (messages.length === 0) return;
            seen.push(...messages.map(({ Body = "" }) => Body));
          }
        }),
      );

      expect(seen.toSorted()).toEqual(bodies.toSorted());
    });
  });
