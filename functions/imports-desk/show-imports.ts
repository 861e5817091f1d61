import type { Member } from "#common/auth/caller.ts";
import { csvCellOrNumber } from "#common/csv/cell.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, ok, RawJson } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import { importsAfter } from "#common/imports/import-list.ts";
import type { ImportRecord } from "#common/imports/import-record.ts";
import { type ImportStatus, importView } from "#common/imports/import-view.ts";
import { type KeptRows, keptRows, type PlacedRow, type RowPlace } from "#common/imports/imported-rows.ts";
import type { ImportBucket, Ledger } from "#common/imports/ledger.ts";
import { openPage } from "#common/paging/answer-page.ts";
import type { Cursors } from "#common/paging/cursor.ts";
import { fillPage } from "#common/paging/fill-page.ts";
import type { Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";

export type ShowImportsDeps = {
  table: Pick<Table, "queryPage">;
  ledger: Ledger;
  bucket: ImportBucket;
  cursors: Cursors;
  now: Clock;
  /** Columns of differences by service. */
  columnsOf: (service: string) => readonly string[];
};

type Page = { limit: number; cursor?: string | undefined };
type Filters = { service?: string | undefined; status?: ImportStatus | undefined };

/** An answer of Lambda holds 6 MB; the text of a CSV is escaped once more on its way. */
const CSV_BYTES_MAX = 4 * 1_048_576;

const REJECT_COLUMNS = ["line", "column", "code", "message", "raw"] as const;

type Reject = {
  line: number;
  raw: string;
  errors: { column: string | null; code: string; message: string }[];
};
type Change = { verdict: string; fields: { name: string; before: unknown; after: unknown }[] };

const csvLine = (cells: readonly unknown[]): string =>
  `${cells
    .map((cell) =>
      csvCellOrNumber(
        cell === null || cell === undefined ? "" : typeof cell === "string" ? cell : JSON.stringify(cell),
      ),
    )
    .join()}\r\n`;

export const makeShowImports = ({ table, ledger, bucket, cursors, now, columnsOf }: ShowImportsDeps) => {
  const viewOf = async (record: ImportRecord) =>
    importView(record, record.counts ? undefined : await ledger.readProgress(record.importId), now());

  /** The import, to a member of its organization alone. */
  const find = async ({ organizationId }: Member, id: string): Promise<ImportRecord> => {
    const record = givenIdFault(id) === undefined ? await ledger.read(id) : undefined;
    if (record?.organizationId !== organizationId) throw new AppError("NOT_FOUND");
    return record;
  };

  const csvRows = (kept: KeptRows, service: string) => {
    if (kept === "rejects") {
      return {
        head: csvLine(REJECT_COLUMNS),
        line: ({ row }: PlacedRow): string => {
          const { line, raw, errors } = row as unknown as Reject;
          return errors
            .map(({ column, code, message }) => csvLine([line, column, code, message, raw]))
            .join("");
        },
      };
    }
    const columns = columnsOf(service);
    return {
      head: csvLine(["line", ...columns, "verdict", "field", "before", "after"]),
      line: ({ row }: PlacedRow): string => {
        const { verdict, fields } = row as unknown as Change;
        const named = columns.map((column) => row[column]);
        return fields
          .map(({ name, before, after }) => csvLine([row.line, ...named, verdict, name, before, after]))
          .join("");
      },
    };
  };

  const csv = async (record: ImportRecord, kept: KeptRows): Promise<Answer> => {
    const { head, line } = csvRows(kept, record.service);
    let text = head;
    for await (const placed of keptRows({ ledger, bucket }, record.importId, kept)) {
      const more = line(placed);
      if (text.length + more.length > CSV_BYTES_MAX) throw new AppError("TOO_MANY_ROWS_FOR_CSV");
      text += more;
    }
    return {
      status: 200,
      body: new RawJson(text),
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${kept}-${record.importId}.csv"`,
        "x-content-type-options": "nosniff",
      },
    };
  };

  return {
    find,
    viewOf,

    one: async (caller: Member, id: string): Promise<Answer> => ok(await viewOf(await find(caller, id))),

    page: async ({ organizationId, userId }: Member, { limit, cursor, ...filters }: Page & Filters) => {
      const page = await openPage({
        cursors,
        scope: { organizationId, userId, route: "GET /imports", filters },
        cursor,
        find: (after: string | undefined) =>
          fillPage({
            candidates: importsAfter(table, organizationId, { after, service: filters.service }),
            look: async (importIds) => {
              const records = new Map((await ledger.readMany(importIds)).map((one) => [one.importId, one]));
              const found = importIds.flatMap((importId) => records.get(importId) ?? []);
              const views = await Promise.all(found.map(viewOf));
              return views.filter(({ status }) => filters.status === undefined || status === filters.status);
            },
            positionOf: (of) => (typeof of === "string" ? of : of.id),
            limit,
            now,
          }),
        toJson: (view) => JSON.stringify(view),
        positionOf: ({ id }) => id,
      });
      return page();
    },

    rows: async (
      caller: Member,
      id: string,
      kept: KeptRows,
      { limit, cursor, format }: Page & { format: "json" | "csv" },
    ): Promise<Answer> => {
      const record = await find(caller, id);
      if (format === "csv") return csv(record, kept);
      const page = await openPage<PlacedRow, RowPlace>({
        cursors,
        scope: {
          organizationId: caller.organizationId,
          userId: caller.userId,
          route: `GET /imports/{id}/${kept}`,
          filters: { id },
        },
        cursor,
        find: async (after) => {
          const items: PlacedRow[] = [];
          for await (const placed of keptRows({ ledger, bucket }, id, kept, after)) {
            if (items.length === limit) return { items, next: items.at(-1)?.place };
            items.push(placed);
          }
          return { items };
        },
        toJson: ({ row }) => JSON.stringify(row),
        positionOf: ({ place }) => place,
      });
      return page();
    },
  };
};
