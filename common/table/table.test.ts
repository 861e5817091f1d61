import { afterAll, beforeAll } from "vitest";
import resources from "#functions/resources.json" with { type: "json" };
import { startTestPort, type TestPort, testDeclarations } from "#local/aws/testing/port.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import { memoryTable } from "./testing/memory-table.ts";
import { DUE, describeTable } from "./testing/table-contract.ts";

let port: TestPort;

beforeAll(async () => {
  const key = (name: string) => ({ name, type: "S" as const });
  const indexes = { [DUE.name]: { partitionKey: key(DUE.partitionKey), sortKey: key(DUE.sortKey) } };
  const events = { ...resources.tables.events, indexes };
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

describeTable("in memory", async () => memoryTable());
describeTable("in DynamoDB", async () => dynamodbTable("millrace-local-events"));
