import type { Columns } from "#common/csv/columns.ts";
import { countsKey, importIdOf, numberKey } from "./import-keys.ts";
import { type ImportRecord, NO_COUNTS } from "./import-record.ts";
import type { Ledger, LedgerDeps } from "./ledger.ts";
import { Overtaken, toProgressItem, untilDone } from "./ledger.ts";
import { draw, hasImports, putLine } from "./line.ts";
import type { ImportKind, ImportOptions, JsonValue } from "./registration.ts";

/** An object of the bucket, as its notification names it. */
export type Arrival = {
  key: string;
  versionId: string;
  eTag?: string;
  bytes: number;
  /** When the object was made, Unix milliseconds. */
  timeMs: number;
  transactionId?: string;
};

type Kind = Pick<ImportKind<JsonValue, Columns>, "service" | "defaults">;
type RegisterDeps = Pick<LedgerDeps, "table" | "bucket" | "now"> & { ledger: Ledger };

const newRecord = (
  { service, defaults = {} }: Kind,
  fields: Pick<
    ImportRecord,
    "importId" | "organizationId" | "source" | "file" | "bytes" | "startedAt" | "phase"
  > &
    Partial<ImportRecord>,
): ImportRecord => ({
  service,
  defaults,
  dryRun: false,
  options: {},
  number: 0,
  beside: false,
  slice: 0,
  announced: false,
  version: 0,
  ...fields,
});

/** The writes that number an import and give it its place in the line. */
const numbered = async ({ ledger }: RegisterDeps, record: ImportRecord) => {
  const line = await ledger.readLine(record.organizationId, record.service);
  const { importId, organizationId, service, dryRun } = record;
  const drawn = draw(line, importId, "import", { inLine: !dryRun });
  return {
    fields: { number: drawn.number, beside: hasImports(line) },
    writes: [
      putLine(drawn.line),
      { put: { ...numberKey(organizationId, service, drawn.number), importId }, absent: true as const },
      {
        put: {
          ...toProgressItem(importId, { ...NO_COUNTS, chunksDone: 0, bytesRead: 0, version: 1 }),
          ...countsKey(importId),
        },
        absent: true as const,
      },
    ],
  };
};

/** Registers a delivered object, once: a second notification finds the import of the first. */
export const registerDelivery =
  (deps: RegisterDeps) =>
  (kind: Kind, organizationId: string, arrival: Arrival, { dryRun = false } = {}): Promise<ImportRecord> =>
    untilDone(async () => {
      const { ledger, table, bucket, now } = deps;
      const { key, versionId, eTag, bytes, timeMs, transactionId } = arrival;
      const importId = importIdOf(bucket.name, key, versionId, timeMs);
      const known = await ledger.read(importId);
      if (known) return known;
      const record = newRecord(kind, {
        importId,
        organizationId,
        source: "delivery",
        file: { key, versionId, ...(eTag === undefined ? {} : { eTag }) },
        bytes,
        startedAt: now(),
        phase: "chunking",
        dryRun,
        ...(transactionId === undefined ? {} : { transactionId }),
      });
      const { fields, writes } = await numbered(deps, record);
      const made = { ...record, ...fields };
      const result = await table.transact([...ledger.newItems(made), ...writes]);
      if (!result.done) throw new Overtaken(importId);
      return { ...made, version: 1 };
    });

export type AwaitedUpload = {
  importId: string;
  organizationId: string;
  key: string;
  fileName: string;
  bytes: number;
  dryRun: boolean;
  options: ImportOptions;
  parentImport?: string;
  startedBy: string;
  transactionId?: string;
};

/** Notes an import whose file is still to come; it is numbered when it comes. */
export const awaitUpload =
  ({ ledger, table, now }: RegisterDeps) =>
  async (kind: Kind, { key, ...upload }: AwaitedUpload): Promise<ImportRecord> => {
    const record = newRecord(kind, {
      ...upload,
      source: "upload",
      file: { key, versionId: "" },
      startedAt: now(),
      phase: "awaitingUpload",
    });
    const result = await table.transact(ledger.newItems(record));
    if (!result.done) throw new Overtaken(upload.importId);
    return { ...record, version: 1 };
  };

/** Starts an awaited import with the first version of its object; any later one changes nothing. */
export const receiveUpload =
  (deps: RegisterDeps) =>
  (importId: string, { versionId, eTag, bytes }: Arrival): Promise<ImportRecord | undefined> =>
    untilDone(async () => {
      const { ledger, now } = deps;
      const record = await ledger.read(importId);
      if (record?.phase !== "awaitingUpload") return record;
      const { fields, writes } = await numbered(deps, record);
      return ledger.move(
        record,
        {
          ...fields,
          phase: "chunking",
          startedAt: now(),
          bytes,
          file: { key: record.file.key, versionId, ...(eTag === undefined ? {} : { eTag }) },
        },
        writes,
      );
    });
