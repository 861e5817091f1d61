import { type CsvValues, optional, required } from "#common/csv/columns.ts";
import { strictFormat } from "#common/csv/format.ts";
import type { Item, Key, Table } from "#common/table/table.ts";
import { textOf } from "#common/table/table.ts";
import type { Batch, FileRow, ImportFacts, ImportKind, ImportLoading } from "../registration.ts";

/** A row of the toy's file: with an id it says the value of that thing, without one it is a thing of its own. */
export type Toy = { shelf: string; id?: string; value: string };

/** What an import said of a thing, in one line. The highest by import and line is shown. */
export type ToySaying = { number: number; line: number; value: string };

/** Of a receipt: a thing that the import says something of; whether its row counted as added or changed. */
export type ToyReceipt = { key: string; counts: boolean }[];

const keyOf = ({ row, ordinal }: Pick<FileRow<Toy>, "row" | "ordinal">): string =>
  row.id === undefined ? `${row.shelf}/equal/${row.value}/${ordinal}` : `${row.shelf}/id/${row.id}`;

export const toyItemKey = (organizationId: string, key: string): Key => ({
  pk: `${organizationId}#toys`,
  sk: key,
});

export const sayingsOf = (item: Item | undefined): ToySaying[] =>
  item === undefined ? [] : (JSON.parse(textOf(item, "said")) as ToySaying[]);

const inOrder = (one: ToySaying, other: ToySaying): number =>
  one.number - other.number || one.line - other.line;

const toyColumns = {
  shelf: required({ kind: "id" }),
  id: optional({ kind: "id" }),
  value: required({ kind: "text", charactersMax: 20 }),
} as const;

export type ToyColumns = typeof toyColumns;

export const toyKind: ImportKind<Toy, ToyColumns> = {
  service: "toys",
  format: strictFormat(toyColumns),
  rowOf: ({ shelf, id, value }: CsvValues<ToyColumns>) =>
    id === undefined ? { shelf, value } : { shelf, id, value },
  identityOf: (row) =>
    row.id === undefined
      ? { key: `${row.shelf}/equal/${row.value}`, given: false }
      : { key: `${row.shelf}/id/${row.id}`, given: true },
  contentOf: ({ value }) => value,
  orderOf: ({ shelf }) => shelf,
  writesOf: () => 1,
  differenceColumns: ["key"],
  counts: ["shelves"],
};

/** A service over any table, as small as one can be that keeps every promise of the registration. */
export const toyImports = (
  table: Pick<Table, "getMany">,
  kind: ImportKind<Toy, ToyColumns> = toyKind,
): ImportLoading<Toy, ToyReceipt, ToyColumns> => {
  const read = async (organizationId: string, keys: readonly string[]) => {
    const wanted = [...new Set(keys)].map((key) => toyItemKey(organizationId, key));
    const items = await table.getMany(wanted, { consistent: true });
    return new Map(items.map((item) => [item.sk, item]));
  };

  /** The sayings of a batch's things, and how to write those that changed. */
  const open = async (organizationId: string, keys: readonly string[]) => {
    const items = await read(organizationId, keys);
    const said = new Map(keys.map((key) => [key, sayingsOf(items.get(key)).sort(inOrder)]));
    const changed = new Set<string>();
    return {
      of: (key: string): readonly ToySaying[] => said.get(key) ?? [],
      set: (key: string, sayings: ToySaying[]): void => {
        said.set(key, sayings.sort(inOrder));
        changed.add(key);
      },
      writes: () =>
        [...changed].map((key) => {
          const before = items.get(key);
          const version = typeof before?.version === "number" ? before.version : 0;
          const place = toyItemKey(organizationId, key);
          const condition = before ? { version } : { absent: true as const };
          const sayings = said.get(key) ?? [];
          return sayings.length === 0
            ? { remove: place, ...condition }
            : { put: { ...place, version: version + 1, said: JSON.stringify(sayings) }, ...condition };
        }),
    };
  };
  const sayingOf = ({ number }: ImportFacts, { line, row }: FileRow<Toy>): ToySaying => ({
    number,
    line,
    value: row.value,
  });

  return {
    kind,

    decide: async ({ import: facts, rows }: Batch<Toy>) => {
      const things = await open(facts.organizationId, rows.map(keyOf));
      const receipt: ToyReceipt = [];
      const verdicts = rows.map((fileRow) => {
        const key = keyOf(fileRow);
        const saying = sayingOf(facts, fileRow);
        const said = things.of(key);
        const without = said.filter(({ number }) => number < facts.number).at(-1);
        const isSame = fileRow.repeat ? fileRow.repeat.same : without?.value === saying.value;
        const verdict = isSame ? "unchanged" : without || fileRow.repeat ? "changed" : "added";
        const below = said.filter((other) => inOrder(other, saying) < 0).at(-1);
        if (below?.value !== saying.value || facts.beside || fileRow.repeat) {
          things.set(key, [...said, saying]);
          receipt.push({ key, counts: verdict !== "unchanged" && !fileRow.repeat });
        }
        return { key, line: fileRow.line, verdict, before: without?.value ?? null, after: saying.value };
      });
      const countOf = (wanted: string) => verdicts.filter(({ verdict }) => verdict === wanted).length;
      return {
        writes: things.writes(),
        added: countOf("added"),
        changed: countOf("changed"),
        unchanged: countOf("unchanged"),
        counts: { shelves: new Set(rows.map(({ row }) => row.shelf)).size },
        receipt,
        differences: () =>
          verdicts.flatMap(({ verdict, key, line, before, after }) =>
            verdict === "added" || verdict === "changed"
              ? [{ line, key, verdict, fields: [{ name: "value", before, after }] }]
              : [],
          ),
      };
    },

    restate: async ({ import: facts, rows }, undone) => {
      const things = await open(facts.organizationId, rows.map(keyOf));
      const receipt: ToyReceipt = [];
      for (const fileRow of rows) {
        const key = keyOf(fileRow);
        const saying = sayingOf(facts, fileRow);
        const said = things.of(key);
        if (said.some((other) => inOrder(other, saying) === 0)) continue;
        const below = said.filter((other) => inOrder(other, saying) < 0).at(-1);
        if (below?.number !== undone.number) continue;
        things.set(key, [...said, saying]);
        receipt.push({ key, counts: false });
      }
      return { writes: things.writes(), receipt, said: receipt.map(({ key }) => key) };
    },

    takeBack: async (receipt, undone, saidLater) => {
      const keys = receipt.map(({ key }) => key);
      const things = await open(undone.organizationId, keys);
      const taken = { removed: 0, restored: 0, left: 0 };
      for (const { key, counts } of receipt) {
        const said = things.of(key);
        const rest = said.filter(({ number }) => number !== undone.number);
        if (rest.length < said.length) things.set(key, rest);
        if (!counts) continue;
        if (saidLater(key) || rest.some(({ number }) => number > undone.number)) taken.left += 1;
        else if (rest.length === 0) taken.removed += 1;
        else taken.restored += 1;
      }
      return { writes: things.writes(), ...taken };
    },
  };
};
