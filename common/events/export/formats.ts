import { csvCell } from "#common/csv/cell.ts";
import type { StoredEvent } from "../event.ts";

export const EXPORT_FORMATS = ["csv", "ndjson"] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * An event with what its hash covers: `digestOf(salt, text)`, or the digest itself where the text is no
 * longer what it was when it was stored (erased).
 */
export type ExportedEvent = StoredEvent & { salt?: string; digest?: string };

export type Format = {
  contentType: string;
  /** What stands before the first row. */
  head: string;
  /** Whether each row carries the salt, without which an event's hash cannot be computed. */
  provable: boolean;
  row(event: ExportedEvent): string;
};

const COLUMNS = [
  "eventId",
  "customerId",
  "type",
  "description",
  "date",
  "actor",
  "detail",
  "recordedAt",
  "chainEpoch",
  "chainNumber",
  "chainSequence",
  "chainHash",
  "chainPreviousHash",
  "recordedBy",
  "targets",
  "transactionId",
] as const;

const csvRow = (event: ExportedEvent): string => {
  const { epoch, number, sequence, hash, previousHash } = event.chain;
  const texts = [
    event.eventId,
    event.customerId,
    event.type,
    event.description,
    event.date,
    event.actor ?? "",
    event.detail === undefined ? "" : JSON.stringify(event.detail),
    event.recordedAt,
  ].map(csvCell);
  // A hash may begin with `-`, which base64url has, and is text like any other. What came to the columns later
  // stands last, so that the others keep their places.
  const last = [
    hash,
    previousHash,
    event.recordedBy ?? "",
    event.targets === undefined ? "" : JSON.stringify(event.targets),
    event.transactionId ?? "",
  ].map(csvCell);
  return `${texts.join()},${epoch},${number},${sequence},${last.join()}\r\n`;
};

/**
 * CSV is RFC 4180 in UTF-8 without a byte-order mark, which programs would take for a part of the first
 * column's name. It is for reading: it has no salts, so only NDJSON can be verified.
 */
export const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    head: `${COLUMNS.join()}\r\n`,
    provable: false,
    row: csvRow,
  },
  ndjson: {
    contentType: "application/x-ndjson",
    head: "",
    provable: true,
    row: (event) => `${JSON.stringify(event)}\n`,
  },
};

/** The name under which a browser saves the file: `events-demo-2025-01-31.csv`. */
export const fileNameOf = (organizationId: string, format: ExportFormat, time: string): string =>
  `events-${organizationId}-${time.slice(0, 10)}.${format}`;
