import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, type StartEmulator, useEmulator } from "./emulator.ts";
import { queueClient } from "./sqs-client.ts";

const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }],
});

/** What SQS was recorded to answer about queues: LocalStack's tests that were run against AWS. */
export const describeRecordedQueues = (start: StartEmulator) =>
  describe("SQS, as recorded: queues", () => {
    const clients = useEmulator(start);
    const { make, attributes, send, receive } = queueClient(clients);
    const set = (QueueUrl: string, Attributes: Partial<Record<QueueAttributeName, string>>) =>
      clients().sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const tagsOf = async (QueueUrl: string) =>
      (await clients().sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;

    it("answers all attributes of a queue, before and after some are changed", async () => {
      const { QueueUrl, arn } = await make({
        MessageRetentionPeriod: "604800",
        ReceiveMessageWaitTimeSeconds: "10",
        VisibilityTimeout: "20",
      });
      const before = await attributes(QueueUrl, "All");
      await set(QueueUrl, { MaximumMessageSize: "2048", VisibilityTimeout: "69", DelaySeconds: "420" });
      const after = await attributes(QueueUrl, "All");

      const common = {
        ApproximateNumberOfMessages: "0",
        ApproximateNumberOfMessagesDelayed: "0",
        ApproximateNumberOfMessagesNotVisible: "0",
        CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
        LastModifiedTimestamp: expect.stringMatching(/^\d{10}$/),
        MessageRetentionPeriod: "604800",
        QueueArn: arn,
        ReceiveMessageWaitTimeSeconds: "10",
        SqsManagedSseEnabled: "true",
      };
      // AWS has raised the default size from 262,144 bytes since this was recorded.
      expect(before).toEqual({
        ...common,
        DelaySeconds: "0",
        MaximumMessageSize: "1048576",
        VisibilityTimeout: "20",
      });
      expect(after).toEqual({
        ...common,
        DelaySeconds: "420",
        MaximumMessageSize: "2048",
        VisibilityTimeout: "69",
      });
    });

    it("shows the key of an encrypted queue, which is not managed by SQS then", async () => {
      const { QueueUrl } = await make({
        KmsMasterKeyId: "testKeyId",
        KmsDataKeyReusePeriodSeconds: "6000",
      });

      expect(
        await attributes(QueueUrl, "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"),
      ).toEqual({
        KmsMasterKeyId: "testKeyId",
        KmsDataKeyReusePeriodSeconds: "6000",
        SqsManagedSseEnabled: "false",
      });
    });

    it("refuses two kinds of encryption at one time", async () => {
      const { QueueUrl } = await make({ KmsMasterKeyId: "testKeyId" });

      expect((await failureOf(set(QueueUrl, { SqsManagedSseEnabled: "true" }))).name).toBe(
        "InvalidAttributeName",
      );
    });

    it("makes a queue again only with the attributes that it has", async () => {
      const { QueueName, QueueUrl } = await make({ ReceiveMessageWaitTimeSeconds: "1", DelaySeconds: "1" });
      const again = (Attributes: Partial<Record<QueueAttributeName, string>> = {}) =>
        clients().sqs.send(new CreateQueueCommand({ QueueName, Attributes }));

      expect((await again()).QueueUrl).toBe(QueueUrl);
      expect((await again({ DelaySeconds: "1" })).QueueUrl).toBe(QueueUrl);
      expect((await failureOf(again({ DelaySeconds: "2" }))).error.message).toBe(
        "A queue already exists with the same name and a different value for attribute DelaySeconds",
      );
      await set(QueueUrl, { DelaySeconds: "2" });
      expect((await again({ DelaySeconds: "2" })).QueueUrl).toBe(QueueUrl);
      expect((await failureOf(again({ DelaySeconds: "1" }))).name).toBe("QueueNameExists");
    });

    it.each(["queue/1/", "queue.with.dots", "q".repeat(81)])("refuses the name %s", async (QueueName) => {
      const { name } = await failureOf(clients().sqs.send(new CreateQueueCommand({ QueueName })));

      expect(name).toBe("InvalidParameterValue");
    });

    it("knows no FIFO attribute on a standard queue", async () => {
      const { QueueUrl } = await make();

      const { name, error } = await failureOf(set(QueueUrl, { FifoQueue: "true" }));

      expect([name, error.message]).toEqual(["InvalidAttributeName", "Unknown Attribute FifoQueue."]);
    });

    it("refuses the target of a redrive policy that is no ARN before it looks for it", async () => {
      const { name, error } = await failureOf(
        make({ RedrivePolicy: '{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}' }),
      );

      expect([name, error.message]).toEqual([
        "InvalidParameterValue",
        'Value {"deadLetterTargetArn": "dummy", "maxReceiveCount": 42} for parameter RedrivePolicy is invalid. Reason: Invalid value for deadLetterTargetArn.',
      ]);
    });

    it.each([
      ["no count", (deadLetterTargetArn: string) => ({ deadLetterTargetArn })],
      ["no target", () => ({ maxReceiveCount: "42" })],
      [
        "a count that is none",
        (deadLetterTargetArn: string) => ({ deadLetterTargetArn, maxReceiveCount: "x" }),
      ],
    ])("refuses a redrive policy with %s", async (_, policy) => {
      const [dead, queue] = [await make(), await make()];

      const { name } = await failureOf(
        set(queue.QueueUrl, { RedrivePolicy: JSON.stringify(policy(dead.arn)) }),
      );

      expect(name).toBe("InvalidParameterValue");
    });

    it("takes a count of receives that is written as a text", async () => {
      const [dead, queue] = [await make(), await make()];
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: "42" });

      await set(queue.QueueUrl, { RedrivePolicy });

      expect((await attributes(queue.QueueUrl, "RedrivePolicy")).RedrivePolicy).toBe(RedrivePolicy);
    });

    it("lists the queues that send their dead letters to one", async () => {
      const dead = await make();
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 50 });
      const sources = [await make({ RedrivePolicy }), await make({ RedrivePolicy })];

      const { queueUrls } = await clients().sqs.send(
        new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.QueueUrl }),
      );

      expect(queueUrls?.toSorted()).toEqual(sources.map(({ QueueUrl }) => QueueUrl).toSorted());
    });

    it("keeps a policy, and an empty one takes it away", async () => {
      const { QueueUrl } = await make();
      await set(QueueUrl, { Policy: "" });
      expect(await attributes(QueueUrl, "Policy")).toEqual({});

      await set(QueueUrl, { Policy: POLICY });
      expect(await attributes(QueueUrl, "Policy")).toEqual({ Policy: POLICY });
      await set(QueueUrl, { Policy: "" });

      expect(await attributes(QueueUrl, "All")).not.toHaveProperty("Policy");
    });

    it("adds tags, overwrites them and takes them away", async () => {
      const { QueueUrl } = await make();
      const tag = (Tags: Record<string, string>) =>
        clients().sqs.send(new TagQueueCommand({ QueueUrl, Tags }));
      const untag = (...TagKeys: string[]) =>
        clients().sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys }));
      expect(await tagsOf(QueueUrl)).toBeUndefined();

      await tag({ tag1: "value1", tag2: "value2", tag3: "" });
      expect(await tagsOf(QueueUrl)).toEqual({ tag1: "value1", tag2: "value2", tag3: "" });
      await tag({ tag1: "VALUE1", Tag1: "other" });
      await untag("tag3", "tag4");
      expect(await tagsOf(QueueUrl)).toEqual({ tag1: "VALUE1", tag2: "value2", Tag1: "other" });
      await untag("tag1", "tag2", "Tag1");

      expect(await tagsOf(QueueUrl)).toBeUndefined();
    });

    it("makes a queue with tags", async () => {
      const { QueueUrl } = await make({}, { tag1: "value1", tag2: "value2" });

      expect(await tagsOf(QueueUrl)).toEqual({ tag1: "value1", tag2: "value2" });
    });

    it("takes the name of a queue for its URL", async () => {
      const { QueueName } = await make();

      const { MD5OfMessageBody } = await send(QueueName, "Using name instead of URL");

      expect(MD5OfMessageBody).toBe("86a83f96652a1bfad3891e7d523750cb");
    });

    it("says of a queue that is not there that it does not exist, by name and by URL", async () => {
      const { QueueUrl } = await make();
      const QueueName = freshName("never-made");
      const byName = await failureOf(clients().sqs.send(new GetQueueUrlCommand({ QueueName })));
      const byUrl = await failureOf(send(QueueUrl.replace(/[^/]*$/, QueueName), "x"));

      for (const { name, status, error } of [byName, byUrl]) {
        expect([name, status, error.message]).toEqual([
          "QueueDoesNotExist",
          400,
          "The specified queue does not exist.",
        ]);
      }
    });

    it("lists queues in pages where a size is asked for", async () => {
      const QueueNamePrefix = freshName("paged");
      for (const letter of ["a", "b", "c"]) {
        await clients().sqs.send(new CreateQueueCommand({ QueueName: `${QueueNamePrefix}-${letter}` }));
      }
      const list = (more: object) => clients().sqs.send(new ListQueuesCommand({ QueueNamePrefix, ...more }));

      const first = await list({ MaxResults: 2 });
      const second = await list({ MaxResults: 2, NextToken: first.NextToken });

      const letters = ({ QueueUrls = [] }: { QueueUrls?: string[] | undefined }) =>
        QueueUrls.map((url) => url.at(-1));
      expect([letters(first), letters(second)]).toEqual([["a", "b"], ["c"]]);
      expect(second.NextToken).toBeUndefined();
      expect((await list({})).NextToken).toBeUndefined();
    });

    it("empties a queue of what is in flight and delayed, once in a minute", async () => {
      const { QueueUrl, QueueName } = await make({ VisibilityTimeout: "0" });
      await send(QueueUrl, "in flight");
      await receive(QueueUrl, { VisibilityTimeout: 30 });
      await send(QueueUrl, "delayed", { DelaySeconds: 1 });
      const purge = () => clients().sqs.send(new PurgeQueueCommand({ QueueUrl }));
      await purge();
      await send(QueueUrl, "after");

      const { name, status, error } = await failureOf(purge());

      expect([name, status, error.message]).toEqual([
        "PurgeQueueInProgress",
        403,
        `Only one PurgeQueue operation on ${QueueName} is allowed every 60 seconds.`,
      ]);
      expect(await attributes(QueueUrl, "All")).toMatchObject({
        ApproximateNumberOfMessages: "1",
        ApproximateNumberOfMessagesDelayed: "0",
        ApproximateNumberOfMessagesNotVisible: "0",
      });
    });
  });
