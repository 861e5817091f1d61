import type { Answer } from "#common/cleansing/answer.ts";
import { type Content, isSameContent } from "./content.ts";

/** One line of one import about a transaction. */
export type Saying = {
  /** The import's number: of two that disagree the higher one wins. */
  readonly number: number;
  readonly importId: string;
  readonly line: number;
  /** The day of the import (days since 1970): a pending transaction vanishes so long after its last listing. */
  readonly day: number;
  readonly content: Content;
};

/** What a person set, or set back (null), and the account's version at which that was. */
export type Edit = { readonly value: string | null; readonly at: number };

/** A person's edits: no import ever touches them. */
export type Person = { readonly category?: Edit; readonly note?: Edit };

/** What a vendor answered: it holds for the description that was asked about. */
export type VendorAnswer = Answer & { readonly description: string };

/** What the rules say of this description. */
export type RulesAnswer = {
  readonly description: string;
  readonly merchant?: string;
  readonly category?: string;
};

/**
 * A transaction as it is stored: what the standing imports said of it, and what others set. What is shown
 * follows from that (shown.ts). Without sayings it is hidden, and is kept only for a person's edits.
 */
export type Row = {
  readonly transactionId: string;
  /** The place among equal rows of its file; absent when the bank gave an id. */
  readonly ordinal?: number;
  /** In ascending order of (posted, import, line). */
  readonly said: readonly Saying[];
  readonly person: Person;
  readonly vendor?: VendorAnswer;
  readonly rules?: RulesAnswer;
  /** Of a posted transaction the pending one that it took, with that one's edits; of a taken one its taker. */
  readonly pair?: Person & { readonly id: string };
  /** The night that hid it, where one transaction could not hide all rows that had vanished on its account. */
  readonly night?: number;
  /** When what is shown changed last. */
  readonly updatedAt: string;
};

type Place = Pick<Saying, "number" | "line">;

const comparePlaces = (one: Place, other: Place): number =>
  one.number - other.number || one.line - other.line;

const isPosted = ({ content }: Saying): boolean => content.status === "posted";

/** In the order in which sayings win: posted beats pending, then the newer import, then the later line. */
const compareSayings = (one: Saying, other: Saying): number =>
  Number(isPosted(one)) - Number(isPosted(other)) || comparePlaces(one, other);

/** What wins of all that was said. */
export const highestOf = ({ said }: Pick<Row, "said">): Saying | undefined => said.at(-1);

/** The import and line that listed the transaction first. */
export const firstOf = ({ said }: Pick<Row, "said">): Saying | undefined =>
  said.reduce<Saying | undefined>(
    (first, saying) => (first === undefined || comparePlaces(saying, first) < 0 ? saying : first),
    undefined,
  );

/** The newest listing. */
export const seenOf = ({ said }: Pick<Row, "said">): Saying | undefined =>
  said.reduce<Saying | undefined>(
    (seen, saying) => (seen === undefined || comparePlaces(saying, seen) > 0 ? saying : seen),
    undefined,
  );

/** Whether an import of a higher number names the transaction. */
export const isSaidAfter = ({ said }: Pick<Row, "said">, number: number): boolean =>
  said.some((saying) => saying.number > number);

const isAt = (one: Place, other: Place): boolean => comparePlaces(one, other) === 0;

export type SayOptions = {
  /**
   * Writes the line also where it says what the next lower one says: an older import may still write after it, or
   * its own file said the identity before.
   */
  always: boolean;
};

/**
 * The row with one more saying. A line that says what the next lower saying says stays unwritten, so that most
 * rows hold one saying and a file that comes again writes nothing; a pending one is stamped, because the night
 * and the match go by its newest listing. The same row when nothing is to be written.
 */
export const say = (row: Row, saying: Saying, { always }: SayOptions): Row => {
  if (row.said.some((other) => isAt(other, saying))) return row;
  const lower = row.said.filter((other) => compareSayings(other, saying) < 0);
  const below = lower.at(-1);
  const isRepeated = below !== undefined && isSameContent(below.content, saying.content);
  if (isRepeated && !always && isPosted(saying)) return row;
  return { ...row, said: [...lower, saying, ...row.said.slice(lower.length)] };
};

/**
 * The row with what a standing import left unsaid because `undone`, which is about to be taken back, said the
 * same. The same row when the import does not rely on `undone`.
 */
export const sayAgain = (row: Row, saying: Saying, undone: number): Row => {
  if (row.said.some((other) => isAt(other, saying))) return row;
  const below = row.said.filter((other) => compareSayings(other, saying) < 0).at(-1);
  return below?.number === undone ? say(row, saying, { always: true }) : row;
};

/** The row without anything that this import said. */
export const unsay = (row: Row, number: number): Row => {
  const said = row.said.filter((saying) => saying.number !== number);
  return said.length === row.said.length ? row : { ...row, said };
};

export type Verdict = "added" | "changed" | "unchanged";

/** What a file's first line about a transaction does, held against the row without what this import said. */
export const verdictOf = (row: Row | undefined, saying: Saying): Verdict => {
  const said = row ? unsay(row, saying.number).said : [];
  const before = said.at(-1);
  if (before === undefined) return "added";
  const after = compareSayings(before, saying) > 0 ? before : saying;
  return isSameContent(before.content, after.content) ? "unchanged" : "changed";
};

export const isEdited = ({ person }: Pick<Row, "person">): boolean =>
  person.category !== undefined || person.note !== undefined;

/** Whether the table has to keep the row. */
export const isKept = (row: Row): boolean => row.said.length > 0 || isEdited(row);

/** Of the same field of two rows what was set last, a null too. */
export const newerEdit = (one: Edit | undefined, other: Edit | undefined): Edit | undefined =>
  one === undefined || (other !== undefined && other.at > one.at) ? other : one;
