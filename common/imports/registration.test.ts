import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { FileRow, ImportFacts } from "./registration.ts";
import { sayingsOf, type Toy, type ToyReceipt, toyImports } from "./testing/toy-imports.ts";

const facts = (number: number, more: Partial<ImportFacts> = {}): ImportFacts => ({
  importId: `import-${number}`,
  organizationId: "demo",
  number,
  beside: false,
  dryRun: false,
  startedAt: 0,
  options: {},
  ...more,
});

const fileOf = (...rows: Toy[]): FileRow<Toy>[] =>
  rows.map((row, index) => ({ line: index + 2, row, ordinal: 0 }));

const setup = () => {
  const table = memoryTable();
  const toys = toyImports(table);
  const commit = async (writes: Parameters<typeof table.transact>[0]) =>
    expect(await table.transact(writes)).toEqual({ done: true });
  return {
    toys,
    load: async (of: ImportFacts, rows: FileRow<Toy>[]) => {
      const { writes, added, changed, unchanged, receipt } = await toys.decide({ import: of, rows });
      await commit(writes);
      return { added, changed, unchanged, receipt };
    },
    restate: async (of: ImportFacts, rows: FileRow<Toy>[], undone: ImportFacts) => {
      const { writes, said } = await toys.restate({ import: of, rows }, undone);
      await commit(writes);
      return said;
    },
    takeBack: async (receipt: ToyReceipt, undone: ImportFacts) => {
      const { writes, ...taken } = await toys.takeBack(receipt, undone, () => false);
      await commit(writes);
      return taken;
    },
    shown: () => Object.fromEntries(table.items().map((item) => [item.sk, sayingsOf(item).at(-1)?.value])),
  };
};

describe("a service that registers", () => {
  it("adds, changes and leaves rows as they are, and counts each", async () => {
    const { load, shown } = setup();
    await load(
      facts(1),
      fileOf({ shelf: "a", id: "1", value: "red" }, { shelf: "a", id: "2", value: "red" }),
    );

    const second = await load(
      facts(2),
      fileOf(
        { shelf: "a", id: "1", value: "red" },
        { shelf: "a", id: "2", value: "blue" },
        { shelf: "a", id: "3", value: "red" },
      ),
    );

    expect(second).toMatchObject({ added: 1, changed: 1, unchanged: 1 });
    expect(shown()).toEqual({ "a/id/1": "red", "a/id/2": "blue", "a/id/3": "red" });
  });

  it("keeps twins of one file apart by their ordinal", async () => {
    const { load, shown } = setup();
    const twin = { shelf: "a", value: "red" };

    await load(facts(1), [
      { line: 2, row: twin, ordinal: 0 },
      { line: 3, row: twin, ordinal: 1 },
    ]);

    expect(Object.keys(shown())).toEqual(["a/equal/red/0", "a/equal/red/1"]);
  });

  it("takes an import back under a later one that relied on it", async () => {
    const { load, restate, takeBack, shown } = setup();
    const both = fileOf({ shelf: "a", id: "1", value: "red" }, { shelf: "a", id: "2", value: "red" });
    const one = fileOf({ shelf: "a", id: "1", value: "red" });
    const first = await load(facts(1), both);
    await load(facts(2), one);

    expect(await restate(facts(2), one, facts(1))).toEqual(["a/id/1"]);
    expect(await takeBack(first.receipt, facts(1))).toEqual({ removed: 1, restored: 0, left: 1 });

    expect(shown()).toEqual({ "a/id/1": "red" });
  });
});
