import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { aLine, at, LINES_START_MS } from "../testing/traced-lines.ts";
import { makeReadTrace } from "./read-trace.ts";
import { traceRowsOf } from "./trace-rows.ts";

const setup = async (count: number, text = "") => {
  const table = memoryTable();
  for (let index = 0; index < count; index += 1) {
    const line = aLine("web", [{ time: at(index), description: text && `${index} ${text}` }], {
      id: `m-${index}`,
    });
    await table.putAll(traceRowsOf(line, JSON.stringify(line)).items);
  }
  const readTrace = makeReadTrace({
    table,
    getFile: () => Promise.reject(new Error("no files")),
    now: () => LINES_START_MS + 1_000,
  });
  return readTrace("demo", "tx-1");
};

describe("reading a trace", () => {
  it("reads 10,000 messages and says when there are more", async () => {
    expect(await setup(10_000)).toMatchObject({ isCut: false, lines: { length: 10_000 } });
    expect(await setup(10_001)).toMatchObject({ isCut: true, lines: { length: 10_000 } });
  });

  it("stops before its memory is full", async () => {
    const { lines, isCut } = await setup(700, "x".repeat(50_000));

    expect(isCut).toBe(true);
    expect(lines.length).toBeGreaterThan(400);
    expect(lines.length).toBeLessThan(600);
  });
});
