/**
 * What a spreadsheet takes for a formula (OWASP, "CSV Injection"): `=`, `+`, `-` and `@`, also full-width
 * ones, which Japanese Excel reads as the others, behind blanks and invisible characters, which it passes
 * over; and a leading tab or line break. Quotes that guard such a text already count as a part of it.
 */
const FORMULA = /^'*(?:[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/u;

/** A semicolon or a tab parts cells where the reader's language or settings say so, unless they are quoted. */
const TO_BE_QUOTED = /[",;\t\r\n]|^\s|\s$/;

/**
 * Text as a cell of RFC 4180. What a spreadsheet would take for a formula gets a leading `'`, whether or
 * not it had such quotes before: taking one `'` off a cell that matches gives back what was stored.
 */
export const csvCell = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return TO_BE_QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** As the platform writes numbers: a minus before one makes no formula of it. */
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Text as a cell, as `csvCell`, but a number stays one. */
export const csvCellOrNumber = (text: string): string => (NUMBER.test(text) ? text : csvCell(text));
