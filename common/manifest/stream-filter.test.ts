import { describe, expect, it } from "vitest";
import { streamFilterFaults } from "./stream-filter.ts";

describe("the filter of a table's trigger", () => {
  it.each([
    { eventName: ["INSERT"] },
    { dynamodb: { Keys: { sk: { S: ["profile", { prefix: "p" }] } } } },
    { $or: [{ eventName: ["REMOVE"] }, { dynamodb: { NewImage: { kind: { S: [{ exists: true }] } } } }] },
  ])("may be %j", (filter) => {
    expect(streamFilterFaults(filter, "NEW_IMAGE")).toEqual([]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ Keys: { sk: ["a"] } }, 'a record of a stream has no "Keys"'],
    [{ dynamodb: { keys: { sk: { S: ["a"] } } } }, 'a record of a stream has no "dynamodb.keys"'],
    [{ dynamodb: { OldImage: { a: { S: ["b"] } } } }, "dynamodb.OldImage is not in a stream of NEW_IMAGE"],
    [{ eventName: [] }, "eventName lists no value"],
    [{ eventName: "INSERT" }, "eventName must be a list of values or an object"],
    [{ dynamodb: {} }, "dynamodb must be a list of values or an object"],
    [{ eventName: [{ wildcard: "*" }] }, 'eventName: Lambda knows no comparison "wildcard"'],
    [{ eventID: ["x".repeat(4_096)] }, "has 4112 characters as JSON, and Lambda takes 4096"],
  ])("is not %j", (filter, fault) => {
    expect(streamFilterFaults(filter, "NEW_IMAGE")).toEqual([fault]);
  });
});
