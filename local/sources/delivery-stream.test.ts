import { describe, expect, it } from "vitest";
import { readAnswer } from "./delivery-stream.ts";

const batch = {
  stream: "notes",
  records: ["a", "b"].map((recordId) => ({ recordId, arrivedAt: 0, data: Buffer.from(recordId) })),
};
const answered = (...records: object[]) => readAnswer(batch, { outcome: "answered", payload: { records } });
const ok = (recordId: string, more: object = {}) => ({
  recordId,
  result: "Ok",
  data: Buffer.from("line").toString("base64"),
  metadata: { partitionKeys: { of: "x" } },
  ...more,
});

describe("what a stream's function answers", () => {
  it("is a result for each record", () => {
    expect(answered(ok("b"), { recordId: "a", result: "Dropped" })).toEqual({
      results: [
        { recordId: "b", result: "Ok", data: Buffer.from("line"), partitionKeys: { of: "x" } },
        { recordId: "a", result: "Dropped" },
      ],
    });
  });

  it.each([
    ["leaves a record out", [ok("a")], "Lambda.MissingRecordId"],
    ["says one twice", [ok("a"), ok("b"), ok("a")], "Lambda.DuplicatedRecordId"],
    [
      "gives a result that there is not",
      [ok("a"), ok("b", { result: "Fine" })],
      "Lambda.JsonProcessingException",
    ],
    ["gives no data", [ok("a"), ok("b", { data: undefined })], "Lambda.JsonProcessingException"],
  ])("fails for the whole batch when it %s", (_, records, errorCode) => {
    expect(answered(...records)).toMatchObject({ errorCode });
  });

  it("fails for the whole batch when the function did", () => {
    expect(
      readAnswer(batch, { outcome: "failed", error: { errorType: "Error", errorMessage: "boom" } }),
    ).toEqual({ errorCode: "Lambda.FunctionError", errorMessage: "Error: boom" });
  });
});
