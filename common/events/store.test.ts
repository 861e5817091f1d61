import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { afterAll, beforeAll } from "vitest";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { dynamodbStore } from "./dynamodb-store.ts";
import { memoryStore } from "./memory-store.ts";
import { describeEventStore } from "./store.contract.fixture.ts";

const server = dynalite({ createTableMs: 0 });

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  const address = server.address();
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
  });
  await dynamodb().send(
    new CreateTableCommand({
      TableName: "events",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});
afterAll(() => new Promise((closed) => server.close(closed)));

describeEventStore("in memory", async () => memoryStore());
describeEventStore("in DynamoDB", async () => dynamodbStore("events"));
