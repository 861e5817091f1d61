import { describe, expect, it } from "vitest";
import { aLine, at } from "#common/logs/testing/traced-lines.ts";
import { traceMessagesOf } from "#common/logs/trace/trace-message.ts";
import { traceRowsOf } from "#common/logs/trace/trace-rows.ts";
import { startFunction } from "#local/testing/start-function.ts";

const writer = await startFunction("logs-trace-writer");

const rowsOf = (organizationID: string, transactionIds: readonly string[]) =>
  transactionIds.flatMap((transactionId, index) => {
    const line = aLine("web", [{ time: at(index), description: "é".repeat(index * 2_000) }], {
      organizationID,
      transactionId,
    });
    return traceRowsOf(line, JSON.stringify(line)).items;
  });

const deliver = (organizationID: string, transactionIds: readonly string[]) =>
  writer.deliver(...traceMessagesOf(rowsOf(organizationID, transactionIds)));

const stored = async (organizationID: string) =>
  (await writer.rows("logs")).filter(({ pk }) => pk.startsWith(`${organizationID}#`));

describe("a message of rows", () => {
  it("is put into the table as the rows were, packed and plain", async () => {
    const rows = rowsOf("put", ["tx-1", "tx-2", "tx-1"]);

    const answer = await writer.deliver(...traceMessagesOf(rows));

    expect(answer).toEqual([]);
    // Through their messages, which hold bytes as text.
    const inOrder = (items: typeof rows) =>
      traceMessagesOf(items)
        .flatMap((message) => message.rows)
        .sort((one, other) => `${one.pk}${one.sk}`.localeCompare(`${other.pk}${other.sk}`));
    expect(inOrder(await stored("put"))).toEqual(inOrder(rows));
  });

  it("that comes again changes nothing", async () => {
    const messages = traceMessagesOf(rowsOf("again", ["tx-1"]));

    await writer.deliver(...messages, ...messages);
    await writer.deliver(...messages);

    expect(await stored("again")).toHaveLength(1);
  });

  it("comes back when the table does not take its rows", async () => {
    writer.refuse("dynamodb:BatchWriteItem");

    const answer = await deliver("refused", ["tx-1", "tx-2"]);

    expect(answer).toHaveLength(2);
    expect(await stored("refused")).toEqual([]);
  });

  it("that is none becomes a dead letter", async () => {
    await writer.deliver({ rows: [] });

    expect(await writer.deadLetters()).toMatchObject([{ code: "MESSAGE_INVALID" }]);
  });
});
