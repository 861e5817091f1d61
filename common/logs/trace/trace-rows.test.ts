import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { MessageLine } from "../line.ts";
import { readMessage } from "../read-message.ts";
import { toLine } from "../to-line.ts";
import { TraceMessageSchema } from "./trace-message.schema.ts";
import { traceItemOf, traceMessagesOf } from "./trace-message.ts";
import { contentOfTraceRow, lineOfTraceObject, traceRowsOf } from "./trace-rows.ts";

const lineOf = (more: object = {}) =>
  JSON.parse(
    JSON.stringify(
      toLine(
        readMessage(
          JSON.stringify({
            organizationID: "demo",
            logType: "web",
            id: "m-1",
            transactionId: "tx-1",
            events: [
              { action: "a", description: "b" },
              { action: "c", description: "d", transactionId: "tx-2" },
            ],
            ...more,
          }),
        ),
        {
          environment: "local",
          arrivedAtMs: Date.parse("2026-11-21T16:33:01.123Z"),
          logDays: 400,
          idOf: () => "",
        },
      ),
    ),
  ) as MessageLine;

const rowsOf = (line: MessageLine) => traceRowsOf(line, JSON.stringify(line));
const large = () => lineOf({ noise: randomBytes(12_000).toString("base64") });

describe("the rows of a line", () => {
  it("are one for each transaction id in it, for 35 days, and hold the line", () => {
    const line = lineOf();

    const { items, object } = rowsOf(line);

    expect(object).toBeUndefined();
    expect(items.map(({ pk, sk, expiresAt }) => ({ pk, sk, expiresAt }))).toEqual(
      ["tx-1", "tx-2"].map((id) => ({
        pk: `demo#trace#${id}`,
        sk: "2026-11-21T16:33:01.123Z#web#m-1",
        expiresAt: Date.parse("2026-12-26T16:33:01.000Z") / 1_000,
      })),
    );
    expect(items.map(contentOfTraceRow)).toEqual([{ line }, { line }]);
  });

  it("are none without a transaction id", () => {
    expect(rowsOf(lineOf({ transactionId: undefined, events: [{ action: "a", description: "b" }] }))).toEqual(
      {
        items: [],
      },
    );
  });

  it("name an object when the line is large, of which no other line has the key", () => {
    const line = large();

    const { items, object } = rowsOf(line);

    expect(items.map(contentOfTraceRow)).toEqual([{ key: object?.key }, { key: object?.key }]);
    expect(object?.key).toBe("traces/organization=demo/m-1/web-2026-11-21T16");
    expect(object && lineOfTraceObject(object.body)).toEqual(line);
  });
});

describe("the messages of rows that the table did not take", () => {
  it("are of one transaction id each, pass their schema, and give the rows again", () => {
    const lines = [lineOf(), lineOf({ id: "m-2", more: "x".repeat(2_000) }), large()];
    const items = lines.flatMap((line) => rowsOf(line).items);

    const messages = traceMessagesOf(items).map((message) =>
      TraceMessageSchema.parse(JSON.parse(JSON.stringify(message))),
    );

    expect(messages.map(({ rows }) => new Set(rows.map(({ pk }) => pk)).size)).toEqual([1, 1]);
    expect(messages.flatMap(({ rows }) => rows.map(traceItemOf)).toSorted(byKey)).toEqual(
      items.toSorted(byKey),
    );
  });

  it("are cut before they are too large for a queue", () => {
    const items = Array.from(
      { length: 40 },
      (_, index) => rowsOf(lineOf({ id: `m-${index}`, noise: randomBytes(5_000).toString("base64") })).items,
    ).flat();

    const messages = traceMessagesOf(items);

    expect(messages.flatMap(({ rows }) => rows)).toHaveLength(80);
    expect(Math.max(...messages.map((message) => JSON.stringify(message).length))).toBeLessThan(210_000);
  });
});

const byKey = (a: { pk: string; sk: string }, b: { pk: string; sk: string }) =>
  `${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1;
