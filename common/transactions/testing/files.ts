import type { FileRow, ImportFacts } from "#common/imports/registration.ts";
import { contentOf, identityOf, orderOf, type TransactionRow } from "../loading/file-row.ts";
import type { Content } from "../rows/content.ts";

/** A content with what a test does not care for. */
export const aContent = (over: Partial<Content> = {}): Content => ({
  postedAt: "2026-03-01T00:00:00.000Z",
  amount: "-4.50",
  currency: "EUR",
  description: "CORNER CAFE 12",
  type: "debit",
  status: "posted",
  ...over,
});

export const aFileRow = (
  over: Partial<Content> & { accountId?: string; transactionId?: string } = {},
): TransactionRow => {
  const { accountId = "A1", transactionId, ...content } = over;
  return { accountId, ...(transactionId === undefined ? {} : { transactionId }), content: aContent(content) };
};

export const anImport = (number: number, over: Partial<ImportFacts> = {}): ImportFacts => ({
  importId: `import-${number}`,
  organizationId: "demo",
  number,
  beside: false,
  dryRun: false,
  startedAt: Date.UTC(2026, 2, 1 + number),
  options: {},
  ...over,
});

/** The rows of a file as a chunker hands them on: numbered, counted among equals, in the service's order. */
export const fileRows = (rows: readonly TransactionRow[]): FileRow<TransactionRow>[] => {
  const seen = new Map<string, { count: number; content: string }>();
  return rows
    .map((row, index): FileRow<TransactionRow> => {
      const { key, given } = identityOf(row);
      const before = seen.get(key);
      seen.set(key, { count: (before?.count ?? 0) + 1, content: contentOf(row) });
      return {
        line: index + 2,
        row,
        ordinal: given ? 0 : (before?.count ?? 0),
        ...(given && before ? { repeat: { same: before.content === contentOf(row) } } : {}),
      };
    })
    .sort((one, other) => {
      const [a, b] = [orderOf(one.row), orderOf(other.row)];
      return a === b ? one.line - other.line : a < b ? -1 : 1;
    });
};

export const inBatches = <T>(rows: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, part) =>
    rows.slice(part * size, (part + 1) * size),
  );
