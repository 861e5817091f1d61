import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";
import { queueClient } from "./sqs-client.ts";

/** What SQS was recorded to answer about batches: LocalStack's tests that were run against AWS. */
export const describeRecordedBatches = (start: StartEmulator) =>
  describe("SQS, as recorded: batches", () => {
    const clients = useEmulator(start);
    const { make } = queueClient(clients);

    it.each(["", "testLongId".repeat(10), "invalid:id"])("refuses the id of an entry %j", async (Id) => {
      const { QueueUrl } = await make();

      const deleting = await failureOf(
        clients().sqs.send(
          new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id, ReceiptHandle: "testHandle1" }] }),
        ),
      );
      const sending = await failureOf(
        clients().sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id, MessageBody: "x" }] })),
      );

      expect([deleting.name, sending.name]).toEqual(["InvalidBatchEntryId", "InvalidBatchEntryId"]);
    });

    it("refuses more than ten entries in every kind of batch", async () => {
      const { QueueUrl } = await make();
      const ids = Array.from({ length: 20 }, (_, index) => ({ Id: `message-${index}` }));
      const batches = [
        clients().sqs.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: ids.map(({ Id }) => ({ Id, MessageBody: Id })),
          }),
        ),
        clients().sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl,
            Entries: ids.map(({ Id }) => ({ Id, ReceiptHandle: Id })),
          }),
        ),
        clients().sqs.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl,
            Entries: ids.map(({ Id }) => ({ Id, ReceiptHandle: Id, VisibilityTimeout: 1 })),
          }),
        ),
      ];

      for (const { name, error } of await Promise.all(batches.map(failureOf))) {
        expect([name, error.message]).toEqual([
          "TooManyEntriesInBatchRequest",
          "Maximum number of entries per request are 10. You have sent 20.",
        ]);
      }
    });
  });
