import { startTestPort } from "../testing/port.ts";
import { describeDynamoDb } from "./dynamodb.ts";
import type { StartEmulator } from "./emulator.ts";
import { describeEventBridge } from "./eventbridge.ts";
import { describeRecordedEventBridge } from "./eventbridge-recorded.ts";
import { describeKms } from "./kms.ts";
import { describeS3 } from "./s3.ts";
import { describeSns } from "./sns.ts";
import { describeRecordedSns } from "./sns-recorded.ts";
import { describeSqs } from "./sqs.ts";

const start: StartEmulator = async () => {
  // What is dropped on purpose would be logged; what fails otherwise is an answer that a test sees.
  const port = await startTestPort({ log: () => {} });
  return { endpoint: port.url, close: port.close };
};

describeDynamoDb(start);
describeSqs(start);
describeSns(start);
describeRecordedSns(start);
describeEventBridge(start);
describeRecordedEventBridge(start);
describeS3(start);
describeKms(start, "alias/millrace-local-seal");
