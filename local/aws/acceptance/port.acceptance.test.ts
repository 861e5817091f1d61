import { startTestPort } from "../testing/port.ts";
import { describeDynamoDb } from "./dynamodb.ts";
import type { StartEmulator } from "./emulator.ts";
import { describeEventBridge } from "./eventbridge.ts";
import { describeKms } from "./kms.ts";
import { describeS3 } from "./s3.ts";
import { describeSns } from "./sns.ts";
import { describeSqs } from "./sqs.ts";
import { describeRecordedMessages } from "./sqs-recorded-messages.ts";
import { describeRecordedQueues } from "./sqs-recorded-queues.ts";
import { describeRecordedRedrive } from "./sqs-recorded-redrive.ts";

const start: StartEmulator = async () => {
  const port = await startTestPort();
  return { endpoint: port.url, close: port.close };
};

describeDynamoDb(start);
describeSqs(start);
describeRecordedMessages(start);
describeRecordedQueues(start);
describeRecordedRedrive(start);
describeSns(start);
describeEventBridge(start);
describeS3(start);
describeKms(start, "alias/millrace-local-seal");
