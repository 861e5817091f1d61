import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeEventBusCommand } from "@aws-sdk/client-eventbridge";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { eventbridge } from "#common/aws/eventbridge.ts";
import { generateMac } from "#common/aws/kms.ts";
import { sqs } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { makeAskDependencies } from "./ask-dependencies.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };

const config = readConfig({
  RECORDS_TABLE: text(),
  IDEMPOTENCY_TABLE: text(),
  RECORDS_QUEUE_URL: text(),
  BUS_NAME: text(),
  CURSORS_KEY_ID: text(),
});

const table = (TableName: string) => () => dynamodb().send(new DescribeTableCommand({ TableName }));

const askDependencies = makeAskDependencies([
  { name: "table records", ask: table(config.RECORDS_TABLE) },
  { name: "table idempotency", ask: table(config.IDEMPOTENCY_TABLE) },
  {
    name: "queue records",
    ask: () =>
      sqs().send(
        new GetQueueAttributesCommand({ QueueUrl: config.RECORDS_QUEUE_URL, AttributeNames: ["QueueArn"] }),
      ),
  },
  { name: "bus", ask: () => eventbridge().send(new DescribeEventBusCommand({ Name: config.BUS_NAME })) },
  { name: "key cursors", ask: () => generateMac(config.CURSORS_KEY_ID, "health") },
]);

export const handler = httpHandler(manifest, contract, {
  "GET /health/dependencies": async () => {
    const answer = await askDependencies();
    return { status: answer.status === "ok" ? 200 : 503, body: answer };
  },
});
