import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startTestPort } from "../testing/port.ts";
import { describeDynamoDb } from "./dynamodb.ts";
import { describeDynamoDbCapacity } from "./dynamodb-capacity.ts";
import { describeRecordedItems } from "./dynamodb-recorded-items.ts";
import { describeRecordedTransactions } from "./dynamodb-recorded-transactions.ts";
import { describeDynamoDbTransactions } from "./dynamodb-transactions.ts";
import type { StartEmulator } from "./emulator.ts";
import { describeEventBridge } from "./eventbridge.ts";
import { describeRecordedEventBridge } from "./eventbridge-recorded.ts";
import { describeKms } from "./kms.ts";
import { recordedReport } from "./recorded/report.ts";
import { describeRecordedS3 } from "./recorded/s3.ts";
import { describeS3 } from "./s3.ts";
import { describeSns } from "./sns.ts";
import { describeRecordedSns } from "./sns-recorded.ts";
import { describeSqs } from "./sqs.ts";
import { describeRecordedBatches } from "./sqs-recorded-batches.ts";
import { describeRecordedMessages } from "./sqs-recorded-messages.ts";
import { describeRecordedQueues } from "./sqs-recorded-queues.ts";
import { describeRecordedRedrive } from "./sqs-recorded-redrive.ts";

const start: StartEmulator = async () => {
  // Only dropped messages would be logged here; every other failure is an answer that a test sees.
  const port = await startTestPort({ log: () => {} });
  return { endpoint: port.url, close: port.close };
};

describeDynamoDb(start);
describeDynamoDbTransactions(start);
describeRecordedItems(start);
describeRecordedTransactions(start);
describeDynamoDbCapacity(start);
describeSqs(start);
describeRecordedMessages(start);
describeRecordedBatches(start);
describeRecordedQueues(start);
describeRecordedRedrive(start);
describeSns(start);
describeRecordedSns(start);
describeEventBridge(start);
describeRecordedEventBridge(start);
describeS3(start);
describeRecordedS3(start);
describeKms(start, "alias/millrace-local-seal");

describe("docs/local-aws.md", () => {
  it.each(["S3"])("says of %s how many recorded answers hold, and which do not", (service) => {
    const docs = readFileSync("docs/local-aws.md", "utf8");
    const [, section = ""] = docs.split(`<!-- recorded answers of ${service} -->\n\n`);

    expect(section.split("\n\n<!-- end -->")[0]).toBe(recordedReport(service));
  });
});
