import type { Item } from "#common/table/table.ts";
import { parseRunSortKey } from "../keys.ts";
import { entriesOf } from "../lists/run.ts";
import type { ChainFault } from "./verify-block.ts";

const placeOf = (sk: string): Pick<ChainFault, "chain" | "block"> => {
  try {
    const { chain, block } = parseRunSortKey(sk);
    return { chain, block };
  } catch {
    return { chain: { epoch: 0, number: 0 }, block: 0 };
  }
};

/** What the row says of its first event, which need not be true. */
const firstOf = (row: Item): Pick<ChainFault, "sequence" | "eventId"> => {
  try {
    const [entry] = entriesOf(row);
    const { sequence, eventId } = entry ?? {};
    return {
      sequence: Number.isSafeInteger(sequence) ? (sequence ?? 0) : 0,
      ...(typeof eventId === "string" ? { eventId } : {}),
    };
  } catch {
    return { sequence: 0 };
  }
};

/** A list's row that is not as the chains say. Its place is where the row says that it comes from. */
export const rowFault = (row: Item, what: string): ChainFault => ({
  kind: "list",
  ...placeOf(row.sk),
  ...firstOf(row),
  message: `${row.pk} ${row.sk} ${what}`,
});
