import { startTestPort } from "../testing.ts";
import { describeDynamoDb } from "./dynamodb.ts";
import type { StartEmulator } from "./emulator.ts";
import { describeSqs } from "./sqs.ts";

const start: StartEmulator = async () => {
  const port = await startTestPort();
  return { endpoint: port.url, close: port.close };
};

describeDynamoDb(start);
describeSqs(start);
