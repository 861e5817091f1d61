import type { StoredReceipt } from "#common/imports/registration.ts";
import type { JobMessage } from "#common/jobs/start-job.ts";
import type { Receipt } from "../loading/receipt.ts";

export type RowName = { accountId: string; transactionId: string };

/** Transactions of which a vendor is to be asked, if it was not yet about the description that they have now. */
export type RowsMessage = {
  organizationId: string;
  /** At most as many as one request to the vendor holds. */
  rows: RowName[];
  /** How often the vendor failed with them. */
  tries?: number;
};

/** A row of a night's file is asked about, or a whole organization is cleansed again. */
export type CleansingMessage = RowsMessage | JobMessage;

/** One request to the vendor. */
export const ROWS_MAX = 100;

export const rowsMessages = (organizationId: string, rows: readonly RowName[]): RowsMessage[] =>
  Array.from({ length: Math.ceil(rows.length / ROWS_MAX) }, (_, part) => ({
    organizationId,
    rows: rows.slice(part * ROWS_MAX, (part + 1) * ROWS_MAX),
  }));

/**
 * What is to be asked after a chunk was loaded: all of which the import now says something. The receipts were
 * written with the rows, so that nothing is left out after a crash; a repeat asks nothing twice.
 */
export const messagesOfReceipts = (
  organizationId: string,
  receipts: readonly Pick<StoredReceipt<Receipt>, "round" | "receipt">[],
): RowsMessage[] => {
  // What is said anew for a take-back shows nothing.
  const accounts = receipts.filter(({ round }) => round === 0).flatMap(({ receipt }) => receipt);
  const rows = accounts.flatMap(({ accountId, said }) =>
    said.map((transactionId) => ({ accountId, transactionId })),
  );
  const each = new Map(rows.map((row) => [`${row.accountId}#${row.transactionId}`, row]));
  return rowsMessages(organizationId, [...each.values()]);
};
