import { afterAll, beforeAll, describe, expect, it } from "vitest";
import resources from "#functions/resources.json" with { type: "json" };
import { startTestPort, type TestPort, testDeclarations } from "#local/aws/testing/port.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import { joinedTables } from "./joined-tables.ts";
import { memoryTable } from "./testing/memory-table.ts";
import { BY_TIME, DUE, describeTable } from "./testing/table-contract.ts";

let port: TestPort;

beforeAll(async () => {
  const key = (name: string) => ({ name, type: "S" as const });
  const indexes = { [DUE.name]: { partitionKey: key(DUE.partitionKey), sortKey: key(DUE.sortKey) } };
  const localIndexes = { [BY_TIME.name]: { sortKey: key(BY_TIME.sortKey) } };
  const events = { ...resources.tables.events, indexes, localIndexes };
  const tables = { events, jobs: resources.tables.jobs } as typeof testDeclarations.resources.tables;
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

const JOBS = "millrace-local-jobs";
const EVENTS = "millrace-local-events";
const joined = () => joinedTables(JOBS, EVENTS, (pk) => pk.startsWith("job#"));

describeTable("of two in DynamoDB", async () => joined());

describe("two tables as one", () => {
  it("keeps each item in the table that its partition belongs to, and reads both", async () => {
    const items = ["job#1", "event#1"].map((pk) => ({ pk, sk: "whole" }));

    await joined().putAll(items);

    expect(await joined().getMany(items)).toHaveLength(2);
    expect(await dynamodbTable(JOBS).getMany(items)).toEqual([items[0]]);
    expect(await dynamodbTable(EVENTS).getMany(items)).toEqual([items[1]]);
  });

  it("writes a transaction into both or neither", async () => {
    const [job, event] = ["job#2", "event#2"].map((pk) => ({ pk, sk: "whole" }));
    if (!job || !event) throw new Error("two items");

    expect(await joined().transact([{ put: job }, { check: event, version: 1 }])).toEqual({
      done: false,
      lost: [1],
    });
    expect(await joined().getMany([job, event], { consistent: true })).toEqual([]);

    expect(await joined().transact([{ put: job }, { put: event, absent: true }])).toEqual({ done: true });
    expect(await joined().getMany([job, event], { consistent: true })).toHaveLength(2);
  });
});
