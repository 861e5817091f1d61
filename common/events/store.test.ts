import { afterAll, beforeAll } from "vitest";
import resources from "#functions/resources.json" with { type: "json" };
import { startTestPort, type TestPort, testDeclarations } from "#local/aws/testing.ts";
import { dynamodbStore } from "./dynamodb-store.ts";
import { memoryStore } from "./memory-store.ts";
import { describeEventStore } from "./store.contract.fixture.ts";

let port: TestPort;

beforeAll(async () => {
  const { events } = resources.tables;
  const tables = { events } as typeof testDeclarations.resources.tables;
  const declarations = { ...testDeclarations, resources: { ...testDeclarations.resources, tables } };
  port = await startTestPort({ declarations });
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: port.url,
  });
});
afterAll(() => port.close());

describeEventStore("in memory", async () => memoryStore());
describeEventStore("in DynamoDB", async () => dynamodbStore("millrace-local-events"));
