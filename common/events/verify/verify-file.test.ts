import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { type AnchoredHead, readHeads } from "../anchors/heads.ts";
import { exportedEvents } from "../export/exported-events.ts";
import { FORMATS } from "../export/formats.ts";
import { appendAll } from "../testing/append-all.ts";
import { eventMessage } from "../testing/events.ts";
import { verifyFile } from "./verify-file.ts";

const exported = async (count: number) => {
  const store = memoryTable();
  await appendAll(
    store,
    Array.from({ length: count }, (_, number) =>
      eventMessage(number, number % 20 === 0 ? { detail: "x".repeat(5_000) } : { actor: "ann" }),
    ),
    200,
  );
  const query = { organizationId: "demo", types: [], words: [], order: "desc" } as const;
  const batches = await Array.fromAsync(exportedEvents(store, query, { provable: true }));
  return {
    lines: batches.flat().map((event) => FORMATS.ndjson.row(event).trimEnd()),
    heads: await readHeads(store, "demo"),
  };
};

const verify = (lines: readonly string[], heads: readonly AnchoredHead[]) =>
  verifyFile(async function* () {
    yield* lines;
  }, heads);

const changed = (line: string, more: object): string => JSON.stringify({ ...JSON.parse(line), ...more });

describe("verifying an exported file", () => {
  it("proves a whole history with nothing but the file and the heads, in any order", async () => {
    const { lines, heads } = await exported(300);

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: lines.length }), async (shuffled) => {
        expect(await verify(shuffled, heads)).toEqual({
          valid: true,
          checked: 300,
          younger: 0,
          erased: 0,
          faults: [],
        });
      }),
      { numRuns: 10 },
    );
  });

  it("finds whichever event is missing, there twice or changed", async () => {
    const { lines, heads } = await exported(200);

    await fc.assert(
      fc.asyncProperty(
        fc.nat(lines.length - 1),
        fc.constantFrom("missing", "twice", "text", "date", "salt"),
        async (index, what) => {
          const line = lines[index] ?? "";
          const replaced = {
            missing: [],
            twice: [line, line],
            text: [changed(line, { description: "other" })],
            date: [changed(line, { date: "2020-01-01T00:00:00.000Z" })],
            salt: [changed(line, { salt: "" })],
          }[what];
          const { valid, faults } = await verify(lines.toSpliced(index, 1, ...replaced), heads);

          const { eventId, chain } = JSON.parse(line);
          expect(valid).toBe(false);
          expect(faults.join("\n")).toMatch(new RegExp(`${eventId}\\b|number ${chain.sequence}\\b`));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("finds a fault beyond the first 4,096 events of a chain", async () => {
    const { lines, heads } = await exported(18_000);
    const index = lines.findIndex((line) => JSON.parse(line).chain.sequence === 4_096);
    const { chain } = JSON.parse(lines[index] ?? "");

    expect(await verify(lines, heads)).toMatchObject({ valid: true, checked: 18_000 });
    expect((await verify(lines.toSpliced(index, 1), heads)).faults).toEqual([
      `demo 1-${chain.number}: number 4096 is missing`,
    ]);
  });

  it("counts what came after the heads, and finds heads of another history", async () => {
    const { lines, heads } = await exported(100);
    const { heads: later } = await exported(200);
    const [first] = heads;
    const other = heads.map((head) => (head === first ? { ...head, hash: "other" } : head));

    expect(await verify(lines, later)).toMatchObject({ valid: false });
    expect((await verify(lines, other)).faults).toEqual([
      `demo 1-${first?.number}: number ${first?.sequence} is not the head`,
    ]);
    const { lines: more } = await exported(200);
    expect(await verify(more, heads)).toMatchObject({ valid: true, checked: 100, younger: 100 });
  });

  it("proves nothing where there is nothing to prove", async () => {
    const { heads } = await exported(10);

    expect(await verify([], heads)).toMatchObject({ valid: false });
    expect((await verify(["{", "1", "{}"], heads)).faults).toContain("line 1: is no event");
  });
});
