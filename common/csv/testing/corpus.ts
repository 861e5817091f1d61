import { gzipSync } from "node:zlib";

/** What must be said of a file: of rejected rows each fault's line, column and code, or why there are none. */
export type Report = {
  accepted: number;
  rejects: readonly { line: number; faults: readonly [column: string | null, code: string][] }[];
  fault?: { code: string; line?: number; says?: RegExp };
};

export type CorpusFile = { name: string; bytes: () => Buffer; report: Report };

const HEADER =
  "accountId,transactionId,postedAt,amount,currency,description,type,status,balance,checkNumber,memo";
const GOOD = "A1,T1,2026-03-01,-4.50,USD,Coffee,debit,posted,95.50,,";

const file = (
  name: string,
  bytes: string | Buffer | (() => Buffer),
  report: Partial<Report>,
): CorpusFile => ({
  name: `${name}.csv`,
  bytes: typeof bytes === "function" ? bytes : () => Buffer.from(bytes),
  report: { accepted: 0, rejects: [], ...report },
});

/** A good row, a bad one in line 3, a good one. */
const oneBadRow = (
  name: string,
  row: string | Buffer,
  ...faults: [column: string | null, code: string][]
): CorpusFile =>
  file(
    name,
    () => Buffer.concat([Buffer.from(`${HEADER}\n${GOOD}\n`), Buffer.from(row), Buffer.from(`\n${GOOD}\n`)]),
    { accepted: 2, rejects: [{ line: 3, faults }] },
  );

const badFile = (
  name: string,
  bytes: string | Buffer,
  code: string,
  line: number,
  says: RegExp,
): CorpusFile => file(name, bytes, { fault: { code, line, says } });

const MIB = 1_048_576;

const ROWS: CorpusFile[] = [
  oneBadRow("field-count-too-few", "A1,T1,2026-03-01,-4.50,USD,Coffee", [null, "FIELD_COUNT"]),
  oneBadRow("field-count-too-many", `${GOOD},`, [null, "FIELD_COUNT"]),
  oneBadRow(
    "required",
    ",T1,,,USD,,,posted,,,",
    ["accountId", "REQUIRED"],
    ["postedAt", "REQUIRED"],
    ["amount", "REQUIRED"],
    ["description", "REQUIRED"],
    ["type", "REQUIRED"],
  ),
  oneBadRow("id-invalid", GOOD.replace("A1", "A 1"), ["accountId", "ID_INVALID"]),
  oneBadRow("id-invalid-route-word", GOOD.replace("A1", "sync"), ["accountId", "ID_INVALID"]),
  oneBadRow("id-invalid-of-the-bank", GOOD.replace("T1", "T".repeat(256)), ["transactionId", "ID_INVALID"]),
  oneBadRow("date-invalid", GOOD.replace("2026-03-01", "2026-02-30"), ["postedAt", "DATE_INVALID"]),
  oneBadRow("date-invalid-without-offset", GOOD.replace("2026-03-01", "2026-03-01T09:30:00"), [
    "postedAt",
    "DATE_INVALID",
  ]),
  oneBadRow("date-invalid-too-early", GOOD.replace("2026-03-01", "1969-12-31"), ["postedAt", "DATE_INVALID"]),
  oneBadRow("date-invalid-too-late", GOOD.replace("2026-03-01", "2027-11-22"), ["postedAt", "DATE_INVALID"]),
  oneBadRow(
    "amount-invalid",
    GOOD.replace("-4.50", '"4,50"').replace("95.50", "+95.50"),
    ["amount", "AMOUNT_INVALID"],
    ["balance", "AMOUNT_INVALID"],
  ),
  oneBadRow(
    "amount-invalid-decimals-of-the-currency",
    GOOD.replace("USD", "JPY"),
    ["amount", "AMOUNT_INVALID"],
    ["balance", "AMOUNT_INVALID"],
  ),
  oneBadRow("currency-unknown", GOOD.replace("USD", "usd"), ["currency", "CURRENCY_UNKNOWN"]),
  oneBadRow(
    "value-unknown",
    GOOD.replace("debit", "Debit").replace("posted", "booked"),
    ["type", "VALUE_UNKNOWN"],
    ["status", "VALUE_UNKNOWN"],
  ),
  oneBadRow(
    "too-long",
    `A1,T1,2026-03-01,-4.50,USD,${"x".repeat(1_001)},debit,posted,95.50,${"1".repeat(51)},${"é".repeat(1_001)}`,
    ["description", "TOO_LONG"],
    ["checkNumber", "TOO_LONG"],
    ["memo", "TOO_LONG"],
  ),
  oneBadRow("not-utf8", Buffer.from(GOOD.replace("Coffee", "Café"), "latin1"), ["description", "NOT_UTF8"]),
  oneBadRow("control-character", GOOD.replace("Coffee", "Cof\0fee"), ["description", "CONTROL_CHARACTER"]),
  oneBadRow("quote-misplaced-inside", GOOD.replace("Coffee", 'Joe "Jo" Doe'), [
    "description",
    "QUOTE_MISPLACED",
  ]),
  oneBadRow("quote-misplaced-behind", GOOD.replace("Coffee", '"Joe" Doe'), [
    "description",
    "QUOTE_MISPLACED",
  ]),
  file("row-too-large", () => Buffer.from(`${HEADER}\n${GOOD}\nA1,${"x".repeat(10 * MIB)}\n${GOOD}\n`), {
    accepted: 2,
    rejects: [{ line: 3, faults: [[null, "ROW_TOO_LARGE"]] }],
  }),
  file(
    "row-too-large-with-line-breaks",
    () => Buffer.from(`${HEADER}\nA1,"${'x, ""\n'.repeat(MIB / 4)}"\n${GOOD}\nA-,\n`),
    {
      accepted: 1,
      rejects: [
        { line: 2, faults: [[null, "ROW_TOO_LARGE"]] },
        { line: MIB / 4 + 4, faults: [[null, "FIELD_COUNT"]] },
      ],
    },
  ),
  file("extra-too-long", `${HEADER},branch\n${GOOD},${"x".repeat(4_096)}\n${GOOD},${"x".repeat(4_097)}\n`, {
    accepted: 1,
    rejects: [{ line: 3, faults: [["extra", "TOO_LONG"]] }],
  }),
  oneBadRow(
    "every-fault-of-a-row",
    "-,\u007f,2026-3-1,1e5,Dollar,,withdrawal,open,x,,a\0b",
    ["accountId", "ID_INVALID"],
    ["transactionId", "ID_INVALID"],
    ["postedAt", "DATE_INVALID"],
    ["amount", "AMOUNT_INVALID"],
    ["currency", "CURRENCY_UNKNOWN"],
    ["description", "REQUIRED"],
    ["type", "VALUE_UNKNOWN"],
    ["status", "VALUE_UNKNOWN"],
    ["balance", "AMOUNT_INVALID"],
    ["memo", "CONTROL_CHARACTER"],
  ),
];

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

const FILES: CorpusFile[] = [
  badFile("file-empty", "", "FILE_EMPTY", 1, /empty/),
  badFile("file-empty-but-for-a-mark-and-blank-lines", "\ufeff\n\r\n", "FILE_EMPTY", 1, /empty/),
  badFile("header-missing", `${GOOD}\n${GOOD}\n`, "HEADER_MISSING", 1, /accountId/),
  badFile("header-missing-other-case", `\n${HEADER.toUpperCase()}\n`, "HEADER_MISSING", 2, /names none/),
  badFile("column-missing", "accountId,postedAt,amount,memo\n", "COLUMN_MISSING", 1, /description, type/),
  badFile(
    "column-missing-carriage-returns",
    `${HEADER}\r${GOOD}\r`.replace("memo", "type").replace(",type,", ","),
    "COLUMN_MISSING",
    1,
    /carriage return/,
  ),
  badFile("column-doubled", `${HEADER},amount\n${GOOD},1\n`, "COLUMN_DOUBLED", 1, /amount/),
  badFile("column-doubled-unknown", `${HEADER},a,b,a\n`, "COLUMN_DOUBLED", 1, /names a more/),
  badFile(
    "too-many-columns",
    `${HEADER},${Array.from({ length: 201 }, (_, place) => `c${place}`).join(",")}\n`,
    "TOO_MANY_COLUMNS",
    1,
    /201/,
  ),
  badFile(
    "too-many-columns-a-thousand",
    `${HEADER},${Array.from({ length: 989 }, (_, place) => `column ${place}`).join(",")}\n${GOOD}${",".repeat(989)}\n`,
    "TOO_MANY_COLUMNS",
    1,
    /989/,
  ),
  badFile(
    "encoding-utf16-little-endian",
    Buffer.from(`\ufeff${HEADER}\n`, "utf16le"),
    "ENCODING",
    1,
    /UTF-16, little/,
  ),
  badFile(
    "encoding-utf16-big-endian",
    Buffer.from(`\ufeff${HEADER}\n`, "utf16le").swap16(),
    "ENCODING",
    1,
    /UTF-16, big/,
  ),
  badFile(
    "encoding-windows-1252",
    Buffer.from(`${HEADER},Filialé\n${GOOD},\n`, "latin1"),
    "ENCODING",
    1,
    /Windows-1252/,
  ),
  badFile("delimiter-semicolon", `${HEADER}\n${GOOD}\n`.replaceAll(",", ";"), "DELIMITER", 1, /semicolons/),
  badFile("delimiter-tab", `${HEADER}\n${GOOD}\n`.replaceAll(",", "\t"), "DELIMITER", 1, /tabs/),
  badFile("not-text-png", PNG, "NOT_TEXT", 1, /PNG/),
  badFile("not-text-gzip", gzipSync(`${HEADER}\n${GOOD}\n`), "NOT_TEXT", 1, /gzip/),
  badFile("not-text-workbook", Buffer.from("PK\u0003\u0004\u0014\u0000"), "NOT_TEXT", 1, /Excel/),
  badFile(
    "not-text-control-characters",
    `${HEADER}\n${"\u0001\u0002".repeat(10)}\n`,
    "NOT_TEXT",
    1,
    /20 control/,
  ),
  badFile(
    "not-text-utf16-without-mark",
    Buffer.from(`${HEADER}\n`, "utf16le"),
    "NOT_TEXT",
    1,
    /UTF-16 without a mark/,
  ),
  file(
    "quote-not-closed",
    `${HEADER}\n${GOOD}\n${GOOD.replace("Coffee", '"Coffee')}\n${`${GOOD}\n`.repeat(50)}`,
    {
      accepted: 1,
      fault: { code: "QUOTE_NOT_CLOSED", line: 3, says: /never closed/ },
    },
  ),
  file(
    "quote-not-closed-swallowing-much",
    () =>
      Buffer.from(
        `${HEADER}\n${GOOD}\n"two\nlines",${GOOD.replace("Coffee", '"Coffee')}\n${`${GOOD}\n`.repeat(200_000)}`,
      ),
    { fault: { code: "QUOTE_NOT_CLOSED", line: 4, says: /never closed/ } },
  ),
  badFile(
    "quote-not-closed-in-the-header",
    `${HEADER},"memo\n${GOOD}\n`,
    "QUOTE_NOT_CLOSED",
    1,
    /never closed/,
  ),
];

const GOOD_FILES: CorpusFile[] = [
  file("header-alone", `${HEADER}\n`, {}),
  file("header-alone-without-line-end", HEADER, {}),
  file("mark-and-mixed-line-ends", `\ufeff${HEADER}\r\n${GOOD}\n\r\n\n${GOOD}\r\n${GOOD}`, { accepted: 3 }),
  file(
    "quoted-line-breaks-and-quotes",
    `${HEADER}\n${GOOD.replace("Coffee", '"two\n""lines"""')}\n${GOOD.replace("Coffee", '"a\r\nb"')}\n`,
    { accepted: 2 },
  ),
  file(
    "columns-in-another-order",
    "type,note,description,amount,postedAt,accountId\ndebit,,x,1,2026-03-01,A1\n",
    {
      accepted: 1,
    },
  ),
  file(
    "two-hundred-further-columns",
    `${HEADER},${Array.from({ length: 200 }, (_, place) => `c${place}`).join(",")}\n${GOOD}${",x".repeat(200)}\n`,
    { accepted: 1 },
  ),
];

/** Each code of a file and of a row at least once, and what is next to it and good. */
export const CORPUS: readonly CorpusFile[] = [...ROWS, ...FILES, ...GOOD_FILES];
