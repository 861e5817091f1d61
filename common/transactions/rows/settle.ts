import type { Entry } from "../feed/entry.ts";
import { groupOf, isPending, match } from "./match.ts";
import { highestOf, isKept, type Row, type RulesAnswer } from "./row.ts";
import { shownOf } from "./shown.ts";

/** A row before and after a change; absent where the table has none. */
export type RowChange = { readonly before?: Row; readonly after?: Row };

export type Settled = {
  /** Rows whose stored form changes. */
  readonly rows: readonly RowChange[];
  /** What the change shows, in the order of the feed. */
  readonly entries: readonly Entry[];
};

export type SettleOptions = {
  /** All rows that were read, as they stand: those to change, and whatever they may be matched with. */
  readonly before: ReadonlyMap<string, Row>;
  /** Rows as they are to be, before they are matched. */
  readonly changed: readonly Row[];
  /** Whether the rows that were read hold the whole of each group whose sayings change. */
  readonly matched: boolean;
  /** The account's last night, before and after. */
  readonly nights: { readonly before: number; readonly after: number };
  readonly time: string;
  readonly rulesOf: (row: Row) => RulesAnswer | undefined;
};

const grouped = (rows: Iterable<Row>): Row[][] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groupOf(row);
    if (group === undefined) continue;
    const members = groups.get(group);
    if (members) members.push(row);
    else groups.set(group, [row]);
  }
  return [...groups.values()];
};

const withoutPair = ({ pair: _pair, ...row }: Row): Row => row;

/** Sets who took whom; a row that was matched before and is not any more loses its pair. */
const matchAll = (rows: Map<string, Row>): void => {
  const pairs = new Map(grouped(rows.values()).flatMap((group) => [...match(group)]));
  for (const [id, row] of rows) {
    const other = pairs.get(id);
    if (other !== undefined && row.pair?.id !== other) rows.set(id, { ...row, pair: { id: other } });
    if (other === undefined && row.pair !== undefined) rows.set(id, withoutPair(row));
  }
};

/** A posted row carries the edits of the pending one that it took, so that what it shows follows from it alone. */
const carryEdits = (rows: Map<string, Row>): void => {
  for (const [id, row] of rows) {
    const taken = row.pair && rows.get(row.pair.id);
    if (row.pair === undefined || taken === undefined || isPending(row)) continue;
    rows.set(id, { ...row, pair: { id: row.pair.id, ...taken.person } });
  }
};

/** The rules are asked anew only for another description: what they said once of this one stays. */
const withRules = (row: Row, rulesOf: SettleOptions["rulesOf"]): Row => {
  const description = highestOf(row)?.content.description;
  if (description === undefined || row.rules?.description === description) return row;
  const { rules: _rules, ...rest } = row;
  const rules = rulesOf(row);
  return rules === undefined ? rest : { ...rest, rules };
};

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

const entryOf = (
  before: ReturnType<typeof shownOf>,
  after: ReturnType<typeof shownOf>,
  updatedAt: string,
): Entry | undefined => {
  if (after === undefined) {
    return before && { kind: "removed", transactionId: before.transactionId };
  }
  if (isSame(before, after)) return undefined;
  return {
    kind: before === undefined ? "added" : "modified",
    transactionId: after.transactionId,
    row: { ...after, updatedAt },
  };
};

/**
 * What becomes of an account's rows when some of them change: who takes whom is computed anew, each row is held
 * against what stood there, and what is shown otherwise becomes an entry of the feed. What goes comes first.
 */
export const settle = ({ before, changed, matched, nights, time, rulesOf }: SettleOptions): Settled => {
  const rows = new Map(before);
  for (const row of changed) rows.set(row.transactionId, withRules(row, rulesOf));
  if (matched) matchAll(rows);
  carryEdits(rows);

  const changes: RowChange[] = [];
  const entries: Entry[] = [];
  for (const [id, row] of rows) {
    const stood = before.get(id);
    const shownBefore = stood && shownOf(stood, nights.before);
    const entry = entryOf(shownBefore, shownOf(row, nights.after), time);
    if (entry) entries.push(entry);
    if (!entry && isSame(stood, row)) continue;
    const after = entry ? { ...row, updatedAt: time } : row;
    changes.push({ ...(stood ? { before: stood } : {}), ...(isKept(row) ? { after } : {}) });
  }
  const removed = entries.filter(({ kind }) => kind === "removed");
  return { rows: changes, entries: [...removed, ...entries.filter(({ kind }) => kind !== "removed")] };
};
