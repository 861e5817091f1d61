import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, receiveMessages, type StartEmulator, useEmulator } from "./emulator.ts";

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

/** What the platform needs of SNS. */
export const describeSns = (start: StartEmulator) =>
  describe("SNS", () => {
    const clients = useEmulator(start);
    const makeTopic = async () => {
      const { TopicArn = "" } = await clients().sns.send(
        new CreateTopicCommand({ Name: freshName("topic") }),
      );
      return TopicArn;
    };
    const makeQueue = async () => {
      const name = freshName("queue");
      const { QueueUrl = "" } = await clients().sqs.send(new CreateQueueCommand({ QueueName: name }));
      return { QueueUrl, QueueArn: queueArn(name) };
    };
    const subscribe = async (TopicArn: string, Attributes: Record<string, string> = {}) => {
      const { QueueUrl, QueueArn } = await makeQueue();
      const { SubscriptionArn = "" } = await clients().sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: QueueArn,
          Attributes,
          ReturnSubscriptionArn: true,
        }),
      );
      return { TopicArn, QueueUrl, QueueArn, SubscriptionArn };
    };
    const make = async (Attributes: Record<string, string> = {}) => subscribe(await makeTopic(), Attributes);
    const publish = (TopicArn: string, Message: string, more = {}) =>
      clients().sns.send(new PublishCommand({ TopicArn, Message, ...more }));
    const bodies = async (QueueUrl: string, count: number): Promise<string[]> =>
      (await receiveMessages(clients(), QueueUrl, count)).map(({ Body = "" }) => Body);

    it("delivers to a queue in an envelope", async () => {
      const { TopicArn, QueueUrl } = await make();

      const { MessageId } = await publish(TopicArn, "héllo & <all>", {
        Subject: "greeting",
        MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
      });

      const [body = ""] = await bodies(QueueUrl, 1);
      expect(JSON.parse(body)).toMatchObject({
        Type: "Notification",
        MessageId,
        TopicArn,
        Subject: "greeting",
        Message: "héllo & <all>",
        MessageAttributes: { kind: { Type: "String", Value: "x" } },
      });
    });

    it("delivers the body alone, with its attributes, when delivery is raw", async () => {
      const { TopicArn, QueueUrl } = await make({ RawMessageDelivery: "true" });

      await publish(TopicArn, "raw", { MessageAttributes: { n: { DataType: "Number", StringValue: "1" } } });

      const [message] = await receiveMessages(clients(), QueueUrl, 1);
      expect(message?.Body).toBe("raw");
      expect(message?.MessageAttributes?.n?.StringValue).toBe("1");
    });

    it("a queue that is gone fails neither the publisher nor the other subscribers", async () => {
      const gone = await make({ RawMessageDelivery: "true" });
      const there = await subscribe(gone.TopicArn, { RawMessageDelivery: "true" });
      await clients().sqs.send(new DeleteQueueCommand({ QueueUrl: gone.QueueUrl }));

      const { MessageId } = await publish(gone.TopicArn, "one");
      const { Successful = [], Failed = [] } = await clients().sns.send(
        new PublishBatchCommand({
          TopicArn: gone.TopicArn,
          PublishBatchRequestEntries: [{ Id: "a", Message: "two" }],
        }),
      );

      expect(MessageId).toMatch(/./);
      expect([Successful.length, Failed.length]).toEqual([1, 0]);
      expect((await bodies(there.QueueUrl, 2)).toSorted()).toEqual(["one", "two"]);
    });

    it.each([["true"], ["false"]])(
      "the dead-letter queue of a subscription gets what its queue would have got, raw delivery %s",
      async (RawMessageDelivery) => {
        const dead = await makeQueue();
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.QueueArn });
        const gone = await make({ RawMessageDelivery, RedrivePolicy });
        await clients().sqs.send(new DeleteQueueCommand({ QueueUrl: gone.QueueUrl }));

        await publish(gone.TopicArn, "to the dead letters", {
          MessageAttributes: { n: { DataType: "Number", StringValue: "111" } },
        });

        const [letter] = await receiveMessages(clients(), dead.QueueUrl, 1);
        if (RawMessageDelivery === "true") {
          expect(letter?.Body).toBe("to the dead letters");
          expect(letter?.MessageAttributes?.n?.StringValue).toBe("111");
          expect(Object.keys(letter?.MessageAttributes ?? {})).toEqual(["n"]);
        } else {
          expect(JSON.parse(letter?.Body ?? "")).toMatchObject({
            Type: "Notification",
            Message: "to the dead letters",
            MessageAttributes: { n: { Type: "Number", Value: "111" } },
          });
        }
      },
    );

    it("filters by attributes, and by the body when its scope says so", async () => {
      const byAttributes = await make({
        RawMessageDelivery: "true",
        FilterPolicy: JSON.stringify({
          kind: [{ prefix: "ok-" }],
          size: [{ numeric: [">", 5] }],
          tags: ["b"],
        }),
      });
      const attributes = (kind: string, size: string, tags: string[]) => ({
        MessageAttributes: {
          kind: { DataType: "String", StringValue: kind },
          size: { DataType: "Number", StringValue: size },
          tags: { DataType: "String.Array", StringValue: JSON.stringify(tags) },
        },
      });
      await publish(byAttributes.TopicArn, "kind", attributes("bad", "6", ["b"]));
      await publish(byAttributes.TopicArn, "size", attributes("ok-1", "5", ["b"]));
      await publish(byAttributes.TopicArn, "tags", attributes("ok-1", "6", ["a"]));
      await publish(byAttributes.TopicArn, "none");
      await publish(byAttributes.TopicArn, "yes", attributes("ok-1", "6", ["a", "b"]));
      const byBody = await make({
        RawMessageDelivery: "true",
        FilterPolicyScope: "MessageBody",
        FilterPolicy: JSON.stringify({ order: { state: [{ "anything-but": "draft" }] } }),
      });
      await publish(byBody.TopicArn, "no json");
      await publish(byBody.TopicArn, '{"order":{"state":"draft"}}');
      await publish(byBody.TopicArn, '{"order":{"state":"paid"}}');

      // A message published before the one that passes has been filtered when that one arrives.
      expect(await bodies(byAttributes.QueueUrl, 1)).toEqual(["yes"]);
      expect(await bodies(byBody.QueueUrl, 1)).toEqual(['{"order":{"state":"paid"}}']);
    });

    it("changes a filter, and stops when unsubscribed", async () => {
      const { TopicArn, QueueUrl, SubscriptionArn } = await make({ RawMessageDelivery: "true" });
      await clients().sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: "FilterPolicy",
          AttributeValue: JSON.stringify({ kind: ["wanted"] }),
        }),
      );
      await publish(TopicArn, "filtered");
      await publish(TopicArn, "wanted", {
        MessageAttributes: { kind: { DataType: "String", StringValue: "wanted" } },
      });
      expect(await bodies(QueueUrl, 1)).toEqual(["wanted"]);

      await clients().sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      const { Subscriptions } = await clients().sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));

      expect(Subscriptions ?? []).toEqual([]);
    });

    it("publishes batches, entry by entry", async () => {
      const { TopicArn, QueueUrl } = await make({ RawMessageDelivery: "true" });

      const { Successful = [], Failed = [] } = await clients().sns.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: [
            { Id: "a", Message: "one", MessageAttributes: { k: { DataType: "String", StringValue: "v" } } },
            { Id: "b", Message: "" },
            { Id: "c", Message: "three" },
          ],
        }),
      );

      expect(Successful.map(({ Id }) => Id)).toEqual(["a", "c"]);
      expect(Failed.map(({ Id, SenderFault }) => [Id, SenderFault])).toEqual([["b", true]]);
      expect((await bodies(QueueUrl, 2)).toSorted()).toEqual(["one", "three"]);
    });

    it("takes 256 KiB and not one byte more", async () => {
      const { TopicArn } = await make();

      await publish(TopicArn, "x".repeat(262_144));

      expect((await failureOf(publish(TopicArn, "x".repeat(262_145)))).name).toBe(
        "InvalidParameterException",
      );
    });

    it("lists topics and subscriptions by pages of 100", async () => {
      const TopicArn = await makeTopic();
      const { QueueArn } = await makeQueue();
      for (const index of Array.from({ length: 101 }).keys()) {
        const Endpoint = `${QueueArn}-${index}`;
        await clients().sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
      }

      const first = await clients().sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      const { NextToken } = first;
      const second = await clients().sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));

      expect(first.Subscriptions).toHaveLength(100);
      expect(second.Subscriptions).toHaveLength(1);
      expect(second.NextToken).toBeUndefined();
      const arns = [...(first.Subscriptions ?? []), ...(second.Subscriptions ?? [])];
      expect(new Set(arns.map(({ Endpoint }) => Endpoint)).size).toBe(101);
    });

    it("lists topics and refuses one that does not exist", async () => {
      const { TopicArn } = await make();
      const { Topics = [] } = await clients().sns.send(new ListTopicsCommand({}));
      const { Attributes } = await clients().sns.send(new GetTopicAttributesCommand({ TopicArn }));

      expect(Topics.map((topic) => topic.TopicArn)).toContain(TopicArn);
      expect(Attributes?.TopicArn).toBe(TopicArn);
      const { name, status } = await failureOf(publish(`${TopicArn}-nowhere`, "x"));
      expect([name, status]).toEqual(["NotFoundException", 404]);
    });
  });
