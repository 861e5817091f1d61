/** What can be wrong with a row; the others of its file are read all the same. */
export type RowFaultCode =
  | "FIELD_COUNT"
  | "QUOTE_MISPLACED"
  | "ROW_TOO_LARGE"
  | "NOT_UTF8"
  | "REQUIRED"
  | "ID_INVALID"
  | "DATE_INVALID"
  | "AMOUNT_INVALID"
  | "CURRENCY_UNKNOWN"
  | "VALUE_UNKNOWN"
  | "TOO_LONG"
  | "CONTROL_CHARACTER";

/** What spoils a file as a whole. `FILE_GONE` comes from who fetches the file. */
export type FileFaultCode =
  | "FILE_EMPTY"
  | "HEADER_MISSING"
  | "COLUMN_MISSING"
  | "COLUMN_DOUBLED"
  | "TOO_MANY_COLUMNS"
  | "ENCODING"
  | "DELIMITER"
  | "NOT_TEXT"
  | "QUOTE_NOT_CLOSED"
  | "UNPACKING_FAILED"
  | "FILE_TOO_LARGE"
  | "FILE_GONE";

/** One thing wrong with a row; `column` is null where the row as a whole is meant. */
export type RowFault = { column: string | null; code: string; message: string };

/**
 * The file cannot be read, or no further. `line` is the line where it shows, 1 for the first.
 * Reading the file again ends in the same fault.
 */
export class CsvFileError extends Error {
  override name = "CsvFileError";
  readonly code: string;
  readonly line: number | undefined;

  constructor(code: string, message: string, line?: number, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.line = line;
  }
}
