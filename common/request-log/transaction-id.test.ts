import { describe, expect, it } from "vitest";
import { transactionIdOf } from "./index.ts";

describe("the transaction id of a request", () => {
  it.each([
    ["fetch", new Headers({ "X-Transaction-Id": "tx-1" })],
    ["node:http", { "x-transaction-id": "tx-1", host: "a" }],
    ["API Gateway", { Host: "a", "X-Transaction-ID": "tx-1" }],
    ["lists of values", { "x-transaction-id": ["tx-1", "tx-2"] }],
  ])("is read from the headers of %s", (_, headers) => {
    expect(transactionIdOf(headers)).toBe("tx-1");
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [{ "x-transaction-id": "" }],
    [{ "x-transaction-id": "-a" }],
    [{ "x-transaction-id": "a b" }],
    [{ "x-transaction-id": "a".repeat(101) }],
    [{ "x-transaction-id": 7 }],
  ])("is a new one for %j", (headers) => {
    expect(transactionIdOf(headers)).toMatch(/^[0-9a-f-]{36}$/);
    expect(transactionIdOf(headers)).not.toBe(transactionIdOf(headers));
  });

  it("may be two UUIDs that are joined", () => {
    const id = `${crypto.randomUUID()}-${crypto.randomUUID()}`;

    expect(transactionIdOf({ "x-transaction-id": id })).toBe(id);
  });
});
