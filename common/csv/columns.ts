/** What the values of a column must be, and what is made of them. All values stay texts. */
export type ColumnRule =
  /** An id that stands in paths and keys as it is (common/ids/given-id). */
  | { kind: "id" }
  /** Somebody else's id: printable characters, not more than these. */
  | { kind: "foreignId"; charactersMax: number }
  /** A day (its first instant in UTC) or an RFC 3339 time, from 1970 to a year after `now`; becomes UTC with milliseconds. */
  | { kind: "instant" }
  /** An exact decimal with at most the decimals of the row's currency, and filled up to them. */
  | { kind: "amount"; currencyColumn: string }
  /** A code of ISO 4217. */
  | { kind: "currency" }
  /** One of these words, as written. */
  | { kind: "oneOf"; words: readonly string[] }
  /** Any text; characters are Unicode code points. */
  | { kind: "text"; charactersMax: number };

/**
 * A column of a file. A file without a required column fails; a row with nothing in it is rejected, unless
 * there is a default. `optional` columns may be missing from the file, and empty.
 */
export type Column<Optional extends boolean = boolean> = ColumnRule & {
  optional: Optional;
  /** The value of a row that has none; `CsvOpening.defaults` goes before it. */
  default?: string;
};

export type Columns = Readonly<Record<string, Column>>;

type AlwaysThere<C extends Columns> = {
  [Name in keyof C]: C[Name] extends { optional: false } | { default: string } ? Name : never;
}[keyof C];

/** The values of a good row: known columns by their names, undefined where nothing stands, others under `extra`. */
export type CsvValues<C extends Columns> = { readonly [Name in AlwaysThere<C>]: string } & {
  readonly [Name in Exclude<keyof C, AlwaysThere<C>>]: string | undefined;
} & { readonly extra: Readonly<Record<string, string>> | undefined };

export const required = <Rule extends ColumnRule>(rule: Rule): Rule & { optional: false } => ({
  ...rule,
  optional: false,
});

export const optional = <Rule extends ColumnRule>(rule: Rule): Rule & { optional: true } => ({
  ...rule,
  optional: true,
});

/** An optional column whose rows without a value have this one. */
export const withDefault = <Rule extends ColumnRule>(
  rule: Rule,
  value: string,
): Rule & { optional: true; default: string } => ({ ...rule, optional: true, default: value });
