import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { eventually, failureOf } from "../testing/port.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";
import { queueClient, type TestQueue } from "./sqs-client.ts";

const taskHandle = (sourceArn: string) =>
  Buffer.from(JSON.stringify({ taskId: "10f57157-fc38-4da9-a113-4de7e12d05aa", sourceArn })).toString(
    "base64",
  );

/** What SQS was recorded to do with dead letters: LocalStack's tests that were run against AWS, and the guide. */
export const describeRecordedRedrive = (start: StartEmulator) =>
  describe("SQS, as recorded: dead letters and moves", () => {
    const clients = useEmulator(start);
    const { make, makeWithDeadLetters, attribute, send, receive } = queueClient(clients);
    const visible = async ({ QueueUrl }: TestQueue) =>
      Number(await attribute(QueueUrl, "ApproximateNumberOfMessages"));
    const bury = async (source: TestQueue, bodies: string[]) => {
      for (const body of bodies) {
        await send(source.QueueUrl, body);
        await receive(source.QueueUrl);
        await receive(source.QueueUrl);
      }
    };
    const move = (from: TestQueue, to?: TestQueue, more = {}) =>
      clients().sqs.send(
        new StartMessageMoveTaskCommand({
          SourceArn: from.arn,
          ...(to === undefined ? {} : { DestinationArn: to.arn }),
          ...more,
        }),
      );
    const tasks = async ({ arn }: TestQueue) =>
      (await clients().sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 10 })))
        .Results ?? [];

    it("sends a message that was received too often to the dead-letter queue, as the same message", async () => {
      const { source, dead } = await makeWithDeadLetters(2);
      const { MessageId } = await send(source.QueueUrl, "poison");
      const [first] = await receive(source.QueueUrl);
      await receive(source.QueueUrl);

      expect(await receive(source.QueueUrl)).toEqual([]);
      const [buried] = await receive(dead.QueueUrl);

      expect(buried).toMatchObject({ MessageId, Body: "poison" });
      expect(buried?.Attributes).toMatchObject({
        DeadLetterQueueSourceArn: source.arn,
        SentTimestamp: first?.Attributes?.SentTimestamp,
        ApproximateReceiveCount: "3",
      });
    });

    it("counts the receives of a dead-letter queue by themselves against its own redrive policy", async () => {
      const last = await make();
      const middle = await make({
        VisibilityTimeout: "0",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: last.arn, maxReceiveCount: 1 }),
      });
      const first = await make({
        VisibilityTimeout: "0",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: middle.arn, maxReceiveCount: 1 }),
      });
      await bury(first, ["x"]);

      expect(await receive(middle.QueueUrl)).toHaveLength(1);
      expect(await receive(middle.QueueUrl)).toEqual([]);
      expect(await receive(last.QueueUrl)).toHaveLength(1);
    });

    it("moves dead letters to another queue, where they are new messages", async () => {
      const { source, dead } = await makeWithDeadLetters(1);
      const destination = await make();
      await bury(source, ["message-1", "message-2"]);
      const before = (await receive(dead.QueueUrl)).map(({ MessageId }) => MessageId);

      const { TaskHandle = "" } = await move(dead, destination);
      const handle: unknown = JSON.parse(Buffer.from(TaskHandle, "base64").toString());
      await eventually(async () => (await visible(destination)) === 2);
      const [task] = await tasks(dead);
      const moved = await receive(destination.QueueUrl);

      expect(handle).toEqual({ taskId: expect.stringMatching(/^[0-9a-f-]{36}$/), sourceArn: dead.arn });
      expect(task).toEqual({
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
        DestinationArn: destination.arn,
        SourceArn: dead.arn,
        StartedTimestamp: expect.any(Number),
        Status: "COMPLETED",
      });
      expect(moved.map(({ Body }) => Body).toSorted()).toEqual(["message-1", "message-2"]);
      for (const { MessageId, Attributes } of moved) {
        expect(before).not.toContain(MessageId);
        expect(Attributes?.ApproximateReceiveCount).toBe("1");
        expect(Attributes).not.toHaveProperty("DeadLetterQueueSourceArn");
      }
      expect(await receive(dead.QueueUrl)).toEqual([]);
    });

    it("moves dead letters back to the queues that they come from", async () => {
      const { source, dead } = await makeWithDeadLetters(1);
      const other = await make({
        VisibilityTimeout: "0",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
      });
      await bury(source, ["1", "2"]);
      await bury(other, ["3", "4"]);

      await move(dead);
      await eventually(async () => (await visible(source)) + (await visible(other)) === 4);
      const [task] = await tasks(dead);

      expect(task).toMatchObject({
        ApproximateNumberOfMessagesMoved: 4,
        ApproximateNumberOfMessagesToMove: 4,
        Status: "COMPLETED",
      });
      expect(task).not.toHaveProperty("DestinationArn");
      expect((await receive(source.QueueUrl)).map(({ Body }) => Body).toSorted()).toEqual(["1", "2"]);
    });

    it("leaves what is in flight where it is", async () => {
      const { source, dead } = await makeWithDeadLetters(1);
      const destination = await make();
      await bury(source, ["held", "free"]);
      const [held] = await receive(dead.QueueUrl, { MaxNumberOfMessages: 1, VisibilityTimeout: 30 });

      await move(dead, destination);
      await eventually(async () => (await tasks(dead))[0]?.Status === "COMPLETED");

      expect(await visible(destination)).toBe(1);
      expect((await receive(destination.QueueUrl))[0]?.Body).not.toBe(held?.Body);
      expect(await attribute(dead.QueueUrl, "ApproximateNumberOfMessagesNotVisible")).toBe("1");
    });

    it("moves as many in a second as is set, and stops when it is cancelled", async () => {
      const { source, dead } = await makeWithDeadLetters(1);
      const destination = await make();
      await bury(source, ["0", "1", "2", "3"]);
      const { TaskHandle } = await move(dead, destination, { MaxNumberOfMessagesPerSecond: 1 });
      const [running] = await tasks(dead);
      const second = await failureOf(move(dead, destination));

      const cancelled = await clients().sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      const [after] = await tasks(dead);

      expect(running).toMatchObject({
        MaxNumberOfMessagesPerSecond: 1,
        ApproximateNumberOfMessagesToMove: 4,
        Status: "RUNNING",
        TaskHandle,
      });
      expect([second.name, second.error.message]).toEqual([
        "InvalidParameterValue",
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      ]);
      expect(cancelled.ApproximateNumberOfMessagesMoved).toBeLessThan(4);
      expect(after?.Status).toBe("CANCELLED");
      expect(after).not.toHaveProperty("TaskHandle");
      expect(await visible(dead)).toBeGreaterThan(0);
    });

    it("goes on, second by second, until all have moved", async () => {
      const { source, dead } = await makeWithDeadLetters(1);
      const destination = await make();
      await bury(source, ["0", "1", "2"]);

      await move(dead, destination, { MaxNumberOfMessagesPerSecond: 1 });
      expect(await visible(destination)).toBeLessThan(3);

      await eventually(async () => (await tasks(dead))[0]?.Status === "COMPLETED");
      expect(await visible(destination)).toBe(3);
    });

    it("fails when its destination is deleted under it", async () => {
      const { source, dead } = await makeWithDeadLetters(1);
      const destination = await make();
      await bury(source, ["0", "1", "2"]);
      await move(dead, destination, { MaxNumberOfMessagesPerSecond: 1 });

      await clients().sqs.send(new DeleteQueueCommand({ QueueUrl: destination.QueueUrl }));

      await eventually(async () => (await tasks(dead))[0]?.Status !== "RUNNING");
      expect((await tasks(dead))[0]).toMatchObject({
        Status: "FAILED",
        FailureReason: "AWS.SimpleQueueService.NonExistentQueue",
      });
      expect(await visible(dead)).toBeGreaterThan(0);
    });

    it("moves only out of a dead-letter queue", async () => {
      const [from, to] = [await make(), await make()];

      const { name, status, error } = await failureOf(move(from, to));

      expect([name, status, error.message]).toEqual([
        "InvalidParameterValue",
        400,
        "Source queue must be configured as a Dead Letter Queue.",
      ]);
    });

    it("moves only to a queue that is there", async () => {
      const { dead } = await makeWithDeadLetters(1);

      const { name, status, error } = await failureOf(move(dead, { ...dead, arn: `${dead.arn}doesntexist` }));

      expect([name, status, error.message]).toEqual([
        "ResourceNotFoundException",
        404,
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
      ]);
    });

    it.each([
      [
        "that is none",
        () => "foobared",
        "InvalidParameterValue",
        "Value for parameter TaskHandle is invalid.",
      ],
      [
        "of a queue that is not there",
        (arn: string) => taskHandle(`${arn}-gone`),
        "ResourceNotFoundException",
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      ],
      ["of a task that never was", taskHandle, "ResourceNotFoundException", "Task does not exist."],
    ])("cancels no task by a handle %s", async (_, handleOf, code, message) => {
      const { arn } = await make();

      const { name, error } = await failureOf(
        clients().sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: handleOf(arn) })),
      );

      expect([name, error.message]).toEqual([code, message]);
    });
  });
