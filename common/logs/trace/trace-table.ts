import { putWireItems } from "#common/table/bulk-put.ts";
import type { Item } from "#common/table/table.ts";
import { wirePlainItem } from "#common/table/wire.ts";

/** Puts rows, each whole; answers those that the table did not take at once. */
export type PutRows = (items: readonly Item[]) => Promise<Item[]>;

const nameOf = ({ pk, sk }: { pk: string; sk: string }): string => `${pk}\n${sk}`;

const keyIn = (wire: string): string => {
  const { pk, sk } = JSON.parse(wire) as { pk: { S: string }; sk: { S: string } };
  return nameOf({ pk: pk.S, sk: sk.S });
};

const rowsIn =
  (attemptsMax: number | undefined) =>
  (table: string): PutRows =>
  async (items) => {
    // DynamoDB refuses two items with one key in a call; the same message twice is one row.
    const byName = new Map(items.map((item) => [nameOf(item), item]));
    const wires = [...byName.values()].map(wirePlainItem);
    const refused = await putWireItems(table, wires, attemptsMax === undefined ? {} : { attemptsMax });
    return refused.flatMap(({ item }) => byName.get(keyIn(item)) ?? []);
  };

/**
 * Rows in the table `logs`. A call is made once: the stream must not wait for a hot partition, and there is
 * a queue for what is refused.
 */
export const traceTable = rowsIn(1);

/** The same, for those who have time: what is refused is put again a few times. */
export const patientTraceTable = rowsIn(undefined);
