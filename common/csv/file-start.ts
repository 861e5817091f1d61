import type { Columns } from "./columns.ts";
import type { CsvFormat, Encoding } from "./format.ts";
import { fileError } from "./header.ts";

/** How much of a file is looked at before its first line is. */
export const START_BYTES = 4_096;

const CONTROL_SHARE_MAX = 0.01;

/** What files of other kinds begin with (latin1). */
const FILE_MARKS: readonly [mark: string, kind: string][] = [
  ["PK\u0003\u0004", "a ZIP archive or an Excel workbook"],
  ["PK\u0005\u0006", "an empty ZIP archive"],
  ["\u00d0\u00cf\u0011\u00e0", "an old Excel workbook"],
  ["\u001f\u008b", "a gzip file; its name must end in .csv.gz"],
  ["(\u00b5/\u00fd", "a Zstandard file; its name must end in .csv.zst"],
  ["BZh", "a bzip2 file"],
  ["\u00fd7zXZ", "an xz file"],
  ["7z\u00bc\u00af", "a 7-Zip archive"],
  ["Rar!\u001a", "a RAR archive"],
  ["%PDF-", "a PDF"],
  ["{\\rtf", "a rich text document"],
  ["\u0089PNG", "a PNG image"],
  ["\u00ff\u00d8\u00ff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  ["PAR1", "a Parquet file"],
  ["Obj\u0001", "an Avro file"],
  ["SQLite format 3\u0000", "an SQLite database"],
];

const MARKS: readonly [mark: string, encoding: Encoding | "utf-32"][] = [
  ["\u00ef\u00bb\u00bf", "utf-8"],
  ["\u00ff\u00fe\u0000\u0000", "utf-32"],
  ["\u0000\u0000\u00fe\u00ff", "utf-32"],
  ["\u00ff\u00fe", "utf-16le"],
  ["\u00fe\u00ff", "utf-16be"],
];

const NAMES: Record<Encoding | "utf-32", string> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16, little-endian",
  "utf-16be": "UTF-16, big-endian",
  "utf-32": "UTF-32",
  "windows-1252": "Windows-1252",
};

const isControl = (code: number): boolean =>
  (code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127;

/** UTF-16 of plain letters without a mark has a zero in every other byte. */
const looksLikeUtf16 = (start: string): boolean => {
  let [even, odd] = [0, 0];
  for (let at = 0; at < start.length; at += 1) {
    if (start.charCodeAt(at) !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  return Math.max(even, odd) > start.length / 4 && Math.min(even, odd) < start.length / 16;
};

/**
 * Finds out how a file is written from its first 4 KiB (one character a byte), and where its text begins.
 * `named` is the encoding that the caller names, if any. Throws if it is no text, or not of the format.
 */
export const readFileStart = (
  start: string,
  format: CsvFormat<Columns>,
  named?: Encoding,
): { encoding: Encoding; markBytes: number } => {
  const [mark, marked] = MARKS.find(([bytes]) => start.startsWith(bytes)) ?? ["", undefined];
  const isWide = marked !== undefined && marked !== "utf-8";
  if (
    marked === "utf-32" ||
    (marked !== undefined && marked !== named && !format.encodings.includes(marked))
  ) {
    const wanted = format.encodings.map((one) => NAMES[one]).join(" or ");
    throw fileError(format, "ENCODING", `must be ${wanted}; it looks like ${NAMES[marked]}`, 1);
  }
  const kind = FILE_MARKS.find(([bytes]) => start.startsWith(bytes))?.[1];
  if (kind !== undefined) throw fileError(format, "NOT_TEXT", `must be a text; it looks like ${kind}`, 1);

  let controls = 0;
  for (let at = mark.length; at < start.length; at += 1) if (isControl(start.charCodeAt(at))) controls += 1;
  // A single one in a short file is a fault of its row.
  if (!isWide && controls > Math.max(1, (start.length - mark.length) * CONTROL_SHARE_MAX)) {
    const guess = looksLikeUtf16(start) ? "; it looks like UTF-16 without a mark" : "";
    throw fileError(
      format,
      "NOT_TEXT",
      `must be a text, and has ${controls} control characters in its first ${start.length} bytes${guess}`,
      1,
    );
  }
  return { encoding: marked ?? named ?? "utf-8", markBytes: mark.length };
};
