import type { Columns, CsvValues } from "#common/csv/columns.ts";
import type { CsvFormat } from "#common/csv/format.ts";
import type { Write } from "#common/table/table.ts";
import type { Validator } from "#common/validation/validator.ts";

/** What JSON holds. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** What `POST /imports` may say beside the fields that all imports have, as the service's validator let it pass. */
export type ImportOptions = { readonly [name: string]: JsonValue };

/** An import as a service sees it. Nothing of it changes while it is loaded or taken back. */
export type ImportFacts = {
  readonly importId: string;
  readonly organizationId: string;
  /**
   * Its place among all imports of the organization and service, 1 and up: where two imports disagree, the
   * higher number wins, and within one file the later line. Drawn when the import is registered.
   */
  readonly number: number;
  /** Whether another import was running when this one was numbered: an older one may then write after this one. */
  readonly beside: boolean;
  /** Of a dry run nothing is written. It is decided as any import is. */
  readonly dryRun: boolean;
  /** When it was registered, Unix milliseconds. */
  readonly startedAt: number;
  /** The `sub` of the user who asked for it; absent when the file was delivered. */
  readonly startedBy?: string;
  readonly options: ImportOptions;
};

/** An accepted row of a file, in the place that it has among the rows of that file. */
export type FileRow<Row> = {
  readonly line: number;
  readonly row: Row;
  /** How many rows before it, in this file, have the same identity. Always 0 for an identity that is `given`. */
  readonly ordinal: number;
  /**
   * There when a line before it has the same `given` identity: whether that one, the nearest before, has the same
   * content. Such a row counts as changed or unchanged by this alone, whatever is loaded first.
   */
  readonly repeat?: { readonly same: boolean };
};

/** Rows that become one transaction, in the order that the service asked for. */
export type Batch<Row> = {
  readonly import: ImportFacts;
  readonly rows: readonly FileRow<Row>[];
};

/** What a row is about: the row names it itself, or it is one of the equal rows of its file. */
export type Identity = {
  /** Equal for rows that mean the same thing; unique within the organization and service. */
  readonly key: string;
  /**
   * Given: the row names what it is about, so that a second row with the key says something newer of the same
   * thing. Otherwise a second row with the key is another thing, which its `ordinal` keeps apart from the first.
   */
  readonly given: boolean;
};

/** One row that a dry run would add or change. `line`, the columns that the kind names, and what would differ. */
export type Difference = {
  readonly line: number;
  readonly verdict: "added" | "changed";
  readonly fields: readonly {
    readonly name: string;
    readonly before: JsonValue;
    readonly after: JsonValue;
  }[];
  readonly [column: string]: JsonValue;
};

/** Writes of a service in one transaction. The ledger's own conditions and receipts take the rest of DynamoDB's 100. */
export const SERVICE_WRITES_MAX = 96;

/**
 * What is to become of a batch, decided from what stands in the table now. Every write has the condition that
 * what it was decided from is still so (`absent`, `version`): if one is lost, the batch is decided again.
 */
export type Decision<Receipt extends JsonValue> = {
  /** At most `SERVICE_WRITES_MAX`, each key once; none for a batch that changes nothing. Not done in a dry run. */
  readonly writes: readonly Write[];
  /** Each row of the batch is one of these. */
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Counts that the service adds, by the names that its kind lists. */
  readonly counts?: Readonly<Record<string, number>>;
  /**
   * What `takeBack` and `announce` need to know of the batch, at most 300 KB as JSON: above all which rows this
   * import now says something of. Stored with the writes, in the same transaction.
   */
  readonly receipt: Receipt;
  /** Asked for in a dry run alone; by line. */
  readonly differences: () => readonly Difference[];
};

/** What a later import is to say anew, because an earlier one, on which it relied, is taken back. */
export type Restatement<Receipt extends JsonValue> = {
  readonly writes: readonly Write[];
  /** As of a decision, of what is written here only: taking back the later import will need it. */
  readonly receipt: Receipt;
  /** What the later import then says, by keys that `takeBack` asks for: of a dry run nothing else is kept. */
  readonly said: readonly string[];
};

/** What taking back one receipt does. `removed`, `restored` and `left` count rows that the import added or changed. */
export type TakenBack = {
  readonly writes: readonly Write[];
  /** Rows that are gone, because nothing else says them. */
  readonly removed: number;
  /** Rows that show again what they were without the import. */
  readonly restored: number;
  /** Rows that a later import names, also where it changed nothing: they stay as they are. */
  readonly left: number;
};

/** What a receipt was stored for: `round` is 0 for a load, or the number of the take-back that had it said anew. */
export type StoredReceipt<Receipt extends JsonValue> = {
  readonly chunk: number;
  readonly batch: number;
  readonly round: number;
  readonly receipt: Receipt;
};

/** What a file of the service is: its columns, and what makes two rows one. Pure functions, no store. */
export type ImportKind<Row extends JsonValue, C extends Columns = Columns> = {
  /** The service's name in routes and keys: `transactions`. */
  readonly service: string;
  /** Columns, and how a file may be written. */
  readonly format: CsvFormat<C>;
  /** Values of columns that a row leaves empty. Stored with the import: a setting that changes does not change a file half-way. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** What is kept of a good row of the file. */
  rowOf(values: CsvValues<C>): Row;
  /** A row's identity within the organization; rows of different accounts have different keys. */
  identityOf(row: Row): Identity;
  /** All that a row says, as text: equal texts are equal contents. A place in the file is no content. */
  contentOf(row: Row): string;
  /** Rows of a chunk are loaded in the order of these texts, then by line: what belongs together is written together. */
  orderOf(row: Row): string;
  /**
   * The most writes that a row can need in the transaction of its batch, given the row before it in that batch. A
   * batch ends before the sum passes `SERVICE_WRITES_MAX`. The chunker alone asks; the batches stand in the chunk.
   */
  writesOf(row: Row, before: Row | undefined): number;
  /** Columns of `…/changes?format=csv` between `line` and `verdict`: those that name the row. */
  readonly differenceColumns: readonly string[];
  /** Names of counts that the service adds to those of all imports. */
  readonly counts?: readonly string[];
  /** What `POST /imports` takes under `options`; without it there are none. */
  readonly options?: Validator<ImportOptions>;
};

/**
 * What a service does with the rows: the loader and the reverter call it. It reads its own tables, consistently, and
 * writes nothing itself: the ledger commits its writes together with the receipt that may exist only once.
 */
export type ImportLoading<Row extends JsonValue, Receipt extends JsonValue, C extends Columns = Columns> = {
  readonly kind: ImportKind<Row, C>;
  /**
   * Decides a batch. A row's first line in its file counts against what stands without this import, a later line
   * against the line before it (`repeat`): batches may load in any order, and the verdicts are the same.
   */
  decide(batch: Batch<Row>): Promise<Decision<Receipt>>;
  /**
   * Decides again a batch of an import that stands and is newer than `undone`: what it left unsaid because
   * `undone` said the same, it now says itself. Shows nothing new. Called for every batch of every such import, the
   * lowest number first, before the first `takeBack`.
   */
  restate(batch: Batch<Row>, undone: ImportFacts): Promise<Restatement<Receipt>>;
  /**
   * Takes what the import said in one receipt out of the rows. `saidLater` answers whether a restatement of this
   * take-back named the key: in a dry run it is the only way to know, because nothing was written.
   */
  takeBack(receipt: Receipt, undone: ImportFacts, saidLater: (key: string) => boolean): Promise<TakenBack>;
  /**
   * Called with a chunk's receipts after it is loaded, before its message is acknowledged, never in a dry run; a
   * repeat has the same receipts. For what must leave once a chunk is in and does not leave through the table's stream.
   */
  announce?(
    loaded: ImportFacts & { readonly chunk: number },
    receipts: readonly StoredReceipt<Receipt>[],
  ): Promise<void>;
};
