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
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, type StartEmulator, useEmulator } from "./emulator.ts";

/** What the platform needs of SNS. */
export const describeSns = (start: StartEmulator) =>
  describe("SNS", () => {
    const clients = useEmulator(start);
    const make = async (Attributes: Record<string, string> = {}) => {
      const name = freshName("topic");
      const { TopicArn = "" } = await clients().sns.send(new CreateTopicCommand({ Name: name }));
      const { QueueUrl = "" } = await clients().sqs.send(new CreateQueueCommand({ QueueName: name }));
      const { SubscriptionArn = "" } = await clients().sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: `arn:aws:sqs:us-east-1:000000000000:${name}`,
          Attributes,
          ReturnSubscriptionArn: true,
        }),
      );
      return { TopicArn, QueueUrl, SubscriptionArn };
    };
    const publish = (TopicArn: string, Message: string, more = {}) =>
      clients().sns.send(new PublishCommand({ TopicArn, Message, ...more }));
    const bodies = async (QueueUrl: string): Promise<string[]> => {
      const { Messages = [] } = await clients().sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = "" }) => Body);
    };

    it("delivers to a queue in an envelope", async () => {
      const { TopicArn, QueueUrl } = await make();

      const { MessageId } = await publish(TopicArn, "héllo & <all>", {
        Subject: "greeting",
        MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
      });

      const [body = ""] = await bodies(QueueUrl);
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

      const { Messages = [] } = await clients().sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }),
      );
      expect(Messages[0]?.Body).toBe("raw");
      expect(Messages[0]?.MessageAttributes?.n?.StringValue).toBe("1");
    });

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
      await publish(byAttributes.TopicArn, "yes", attributes("ok-1", "6", ["a", "b"]));
      await publish(byAttributes.TopicArn, "kind", attributes("bad", "6", ["b"]));
      await publish(byAttributes.TopicArn, "size", attributes("ok-1", "5", ["b"]));
      await publish(byAttributes.TopicArn, "tags", attributes("ok-1", "6", ["a"]));
      await publish(byAttributes.TopicArn, "none");
      const byBody = await make({
        RawMessageDelivery: "true",
        FilterPolicyScope: "MessageBody",
        FilterPolicy: JSON.stringify({ order: { state: [{ "anything-but": "draft" }] } }),
      });
      await publish(byBody.TopicArn, '{"order":{"state":"draft"}}');
      await publish(byBody.TopicArn, '{"order":{"state":"paid"}}');
      await publish(byBody.TopicArn, "no json");

      expect(await bodies(byAttributes.QueueUrl)).toEqual(["yes"]);
      expect(await bodies(byBody.QueueUrl)).toEqual(['{"order":{"state":"paid"}}']);
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
      expect(await bodies(QueueUrl)).toEqual([]);

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
      expect((await bodies(QueueUrl)).toSorted()).toEqual(["one", "three"]);
    });

    it("takes 256 KiB and not one byte more", async () => {
      const { TopicArn } = await make();

      await publish(TopicArn, "x".repeat(262_144));

      expect((await failureOf(publish(TopicArn, "x".repeat(262_145)))).name).toBe(
        "InvalidParameterException",
      );
    });

    it("lists topics and tells of one that does not exist", async () => {
      const { TopicArn } = await make();
      const { Topics = [] } = await clients().sns.send(new ListTopicsCommand({}));
      const { Attributes } = await clients().sns.send(new GetTopicAttributesCommand({ TopicArn }));

      expect(Topics.map((topic) => topic.TopicArn)).toContain(TopicArn);
      expect(Attributes?.TopicArn).toBe(TopicArn);
      const { name, status } = await failureOf(publish(`${TopicArn}-nowhere`, "x"));
      expect([name, status]).toEqual(["NotFoundException", 404]);
    });

    it("refuses a filter policy that is none", async () => {
      const { name } = await failureOf(make({ FilterPolicy: JSON.stringify({ kind: "not a list" }) }));

      expect(name).toBe("InvalidParameterException");
    });
  });
