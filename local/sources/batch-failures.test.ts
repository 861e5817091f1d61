import { describe, expect, it } from "vitest";
import type { Invocation } from "../seams.ts";
import { failedItems } from "./batch-failures.ts";

const ids = ["a", "b", "c"];
const answered = (payload: unknown): Invocation => ({ outcome: "answered", payload });

describe("what a function reports of its batch", () => {
  it.each<[string, unknown, string[]]>([
    ["nothing", null, []],
    ["an empty object", {}, []],
    ["null as the list", { batchItemFailures: null }, []],
    ["an empty list", { batchItemFailures: [] }, []],
    ["one item", { batchItemFailures: [{ itemIdentifier: "b" }] }, ["b"]],
    [
      "two items in another order",
      { batchItemFailures: ["c", "a", "c"].map((itemIdentifier) => ({ itemIdentifier })) },
      ["a", "c"],
    ],
  ])("%s", (_, payload, failed) => {
    expect(failedItems(answered(payload), ids)).toEqual(failed);
  });

  it.each<[string, Invocation]>([
    ["an error", { outcome: "failed", error: { errorType: "Error", errorMessage: "" } }],
    ["a text", answered("done")],
    ["a list", answered([])],
    ["a list that is none", answered({ batchItemFailures: "a" })],
    ["an item that was not in the batch", answered({ batchItemFailures: [{ itemIdentifier: "x" }] })],
    ["an empty item", answered({ batchItemFailures: [{ itemIdentifier: "" }] })],
    ["an item by another name", answered({ batchItemFailures: [{ id: "a" }] })],
    ["a good item and a bad one", answered({ batchItemFailures: [{ itemIdentifier: "a" }, null] })],
  ])("%s fails the whole batch", (_, outcome) => {
    expect(failedItems(outcome, ids)).toBe("all");
  });
});
