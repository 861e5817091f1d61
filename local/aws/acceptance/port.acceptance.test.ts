import { startTestPort } from "../testing/port.ts";
import { describeDynamoDb } from "./dynamodb.ts";
import { describeDynamoDbCapacity } from "./dynamodb-capacity.ts";
import { describeRecordedItems } from "./dynamodb-recorded-items.ts";
import { describeRecordedTransactions } from "./dynamodb-recorded-transactions.ts";
import { describeDynamoDbTransactions } from "./dynamodb-transactions.ts";
import type { StartEmulator } from "./emulator.ts";
import { describeEventBridge } from "./eventbridge.ts";
import { describeKms } from "./kms.ts";
import { describeS3 } from "./s3.ts";
import { describeSns } from "./sns.ts";
import { describeSqs } from "./sqs.ts";
import { describeRecordedBatches } from "./sqs-recorded-batches.ts";
import { describeRecordedMessages } from "./sqs-recorded-messages.ts";
import { describeRecordedQueues } from "./sqs-recorded-queues.ts";
import { describeRecordedRedrive } from "./sqs-recorded-redrive.ts";

const start: StartEmulator = async () => {
  const port = await startTestPort();
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
describeEventBridge(start);
describeS3(start);
describeKms(start, "alias/millrace-local-seal");
