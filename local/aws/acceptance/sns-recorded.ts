import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, receiveMessages, type StartEmulator, useEmulator } from "./emulator.ts";
import { BODY_FILTERS, REFUSED_POLICIES, TAKEN_POLICIES } from "./recorded/filter-policies.ts";
import { REFUSED_ATTRIBUTES, REFUSED_MESSAGE_ATTRIBUTES, REFUSED_PUBLICATIONS } from "./recorded/sns.ts";

/** What AWS was recorded to answer. */
export const describeRecordedSns = (start: StartEmulator) =>
  describe("SNS, as it was recorded", () => {
    const clients = useEmulator(start);
    const makeTopic = async () => {
      const { TopicArn = "" } = await clients().sns.send(
        new CreateTopicCommand({ Name: freshName("topic") }),
      );
      return TopicArn;
    };
    const subscribe = async (Attributes: Record<string, string>) => {
      const TopicArn = await makeTopic();
      const name = freshName("queue");
      const { QueueUrl = "" } = await clients().sqs.send(new CreateQueueCommand({ QueueName: name }));
      const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
      const { SubscriptionArn = "" } = await clients().sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint,
          Attributes,
          ReturnSubscriptionArn: true,
        }),
      );
      return { TopicArn, QueueUrl, SubscriptionArn };
    };
    const set = (SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
      clients().sns.send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }),
      );
    const attributesOf = async (SubscriptionArn: string) =>
      (await clients().sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes ?? {};
    const publish = (TopicArn: string, more: object) =>
      clients().sns.send(new PublishCommand({ TopicArn, Message: "x", ...more }));

    it.each(REFUSED_POLICIES)("refuses a filter policy: %s", async (_, policy, reason, scope) => {
      const { name, error } = await failureOf(
        subscribe({
          FilterPolicy: JSON.stringify(policy),
          ...(scope === undefined ? {} : { FilterPolicyScope: scope }),
        }),
      );

      expect(name).toBe("InvalidParameterException");
      expect(error.message).toBe(`Invalid parameter: Attributes Reason: FilterPolicy: ${reason}`);
    });

    it.each(TAKEN_POLICIES)("takes a filter policy: %s", async (_, policy) => {
      expect((await subscribe({ FilterPolicy: JSON.stringify(policy) })).SubscriptionArn).toMatch(/^arn:/);
    });

    it.each(BODY_FILTERS)("filters bodies: %s", async (_, policy, taken, left) => {
      const { TopicArn, QueueUrl } = await subscribe({
        RawMessageDelivery: "true",
        FilterPolicyScope: "MessageBody",
        FilterPolicy: JSON.stringify(policy),
      });

      // Bodies that do not match are published first, so they would have arrived when the others are there.
      for (const body of [...left, ...taken]) await publish(TopicArn, { Message: JSON.stringify(body) });

      const received = await receiveMessages(clients(), QueueUrl, taken.length);
      const bodies = received.map(({ Body = "" }) => Body).toSorted();
      expect(bodies).toEqual(taken.map((body) => JSON.stringify(body)).toSorted());
    });

    it.each(REFUSED_ATTRIBUTES)(
      "refuses an attribute of a subscription: %s",
      async (_, name, value, reason) => {
        const { SubscriptionArn } = await subscribe({});

        const failed = await failureOf(set(SubscriptionArn, name, value));

        expect(failed.name).toBe("InvalidParameterException");
        expect(failed.error.message).toBe(`Invalid parameter: ${reason}`);
      },
    );

    it("says where a wrong attribute stood when it subscribes", async () => {
      const { error } = await failureOf(subscribe({ RawMessageDelivery: "wrongvalue" }));

      expect(error.message).toBe(
        "Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false.",
      );
    });

    it("takes a nested policy only for bodies, and shows its scope only with a policy", async () => {
      const { SubscriptionArn } = await subscribe({});
      const nested = JSON.stringify({ object: { key: [{ prefix: "auto-" }] } });

      const { error } = await failureOf(set(SubscriptionArn, "FilterPolicy", nested));
      await set(SubscriptionArn, "FilterPolicyScope", "MessageBody");
      const before = await attributesOf(SubscriptionArn);
      await set(SubscriptionArn, "FilterPolicy", nested);
      const after = await attributesOf(SubscriptionArn);
      await set(SubscriptionArn, "FilterPolicy", "");

      expect(error.message).toBe(
        "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy",
      );
      expect(before).not.toHaveProperty("FilterPolicyScope");
      expect(after).toMatchObject({ FilterPolicyScope: "MessageBody", FilterPolicy: nested });
      expect(await attributesOf(SubscriptionArn)).not.toHaveProperty("FilterPolicy");
    });

    it("shows a subscription's attributes", async () => {
      const { SubscriptionArn, TopicArn } = await subscribe({});

      expect(await attributesOf(SubscriptionArn)).toMatchObject({
        ConfirmationWasAuthenticated: "true",
        Owner: "000000000000",
        PendingConfirmation: "false",
        Protocol: "sqs",
        RawMessageDelivery: "false",
        SubscriptionArn,
        TopicArn,
      });
    });

    it("an attribute that is not there is not null", async () => {
      const { TopicArn, QueueUrl, SubscriptionArn } = await subscribe({
        RawMessageDelivery: "true",
        FilterPolicy: JSON.stringify({ kind: [null, { "anything-but": "whatever" }] }),
      });

      await publish(TopicArn, { Message: "without" });
      await set(SubscriptionArn, "FilterPolicy", "");
      await publish(TopicArn, { Message: "without a policy" });

      const [message] = await receiveMessages(clients(), QueueUrl, 1);
      expect(message?.Body).toBe("without a policy");
    });

    it.each(REFUSED_MESSAGE_ATTRIBUTES)(
      "refuses an attribute of a message: %s",
      async (_, attribute, reason) => {
        const TopicArn = await makeTopic();
        const MessageAttributes = attribute;

        const one = await failureOf(publish(TopicArn, { MessageAttributes }));
        const batch = await failureOf(
          clients().sns.send(
            new PublishBatchCommand({
              TopicArn,
              PublishBatchRequestEntries: [{ Id: "1", Message: "x", MessageAttributes }],
            }),
          ),
        );

        expect([one.name, one.error.message]).toEqual(["InvalidParameterValueException", reason]);
        expect([batch.name, batch.error.message]).toEqual(["InvalidParameterValueException", reason]);
      },
    );

    it("refuses an attribute without a type, and says where it stands", async () => {
      const TopicArn = await makeTopic();
      const MessageAttributes = { attr1: { DataType: undefined, StringValue: "x" } };

      const one = await failureOf(publish(TopicArn, { MessageAttributes }));
      const batch = await failureOf(
        clients().sns.send(
          new PublishBatchCommand({
            TopicArn,
            PublishBatchRequestEntries: [{ Id: "1", Message: "x", MessageAttributes }],
          }),
        ),
      );

      const reason = (place: string) =>
        `1 validation error detected: Value null at '${place}messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null`;
      expect(one.error.message).toBe(reason(""));
      expect(batch.error.message).toBe(reason("publishBatchRequestEntries.1.member."));
    });

    it.each(REFUSED_PUBLICATIONS)("refuses a message: %s", async (_, more, name, reason) => {
      const TopicArn = await makeTopic();

      const failed = await failureOf(publish(TopicArn, more));

      expect([failed.name, failed.error.message]).toEqual([name, reason]);
    });

    it("a topic made twice is one topic, unless the second has other attributes", async () => {
      const Name = freshName("topic");
      const create = (Attributes: Record<string, string>) =>
        clients().sns.send(new CreateTopicCommand({ Name, Attributes }));

      const first = await create({ DisplayName: "one" });
      const second = await create({ DisplayName: "one" });
      const { error } = await failureOf(create({ DisplayName: "two" }));

      expect(second.TopicArn).toBe(first.TopicArn);
      expect(error.message).toBe(
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
      );
    });

    it("knows no topic and no subscription that are not there, and deletes them all the same", async () => {
      const TopicArn = `${await makeTopic()}-nowhere`;
      const SubscriptionArn = `${TopicArn}:00000000-0000-0000-0000-000000000000`;

      const topic = await failureOf(clients().sns.send(new GetTopicAttributesCommand({ TopicArn })));
      const subscription = await failureOf(attributesOf(SubscriptionArn));
      const malformed = await failureOf(
        clients().sns.send(new GetTopicAttributesCommand({ TopicArn: "topic" })),
      );
      await clients().sns.send(new UnsubscribeCommand({ SubscriptionArn }));

      expect([topic.name, topic.status, topic.error.message]).toEqual([
        "NotFoundException",
        404,
        "Topic does not exist",
      ]);
      expect(subscription.error.message).toBe("Subscription does not exist");
      expect(malformed.error.message).toBe(
        "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
      );
    });

    it("refuses protocols and endpoints that SNS does not know", async () => {
      const TopicArn = await makeTopic();
      const to = (Protocol: string, Endpoint: string) =>
        failureOf(clients().sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint })));

      const reasons = [
        await to("test-protocol", "x"),
        await to("sqs", "http://localhost/queue"),
        await to("sqs", "arn:aws:sqs:us-east-1:000000000000:orders.fifo"),
      ].map(({ error }) => error.message);

      expect(reasons).toEqual([
        "Invalid parameter: Amazon SNS does not support this protocol string: test-protocol",
        "Invalid parameter: SQS endpoint ARN",
        "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
      ]);
    });

    it("refuses batches as a whole that have too many entries, equal ids, or no default text", async () => {
      const TopicArn = await makeTopic();
      const batch = (
        PublishBatchRequestEntries: { Id: string; Message: string; MessageStructure?: string }[],
      ) => failureOf(clients().sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })));
      const entry = (Id: string) => ({ Id, Message: "x" });

      const failures = [
        await batch(Array.from({ length: 11 }, (_, index) => entry(String(index)))),
        await batch([entry("1"), entry("1")]),
        await batch([{ Id: "1", Message: '{"sqs":"x"}', MessageStructure: "json" }]),
      ];

      expect(failures.map(({ error }) => error.message)).toEqual([
        "The batch request contains more entries than permissible.",
        "Two or more batch entries in the request have the same Id.",
        "Invalid parameter: Message Structure - No default entry in JSON message body",
      ]);
    });
  });
