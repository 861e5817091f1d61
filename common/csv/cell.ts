const DANGEROUS = /^'*[=+\-@\t\r\n]/;

/**
 * Text as a cell. One that a spreadsheet would take for a formula gets a leading `'`, and so does one
 * that already has such quotes before it: taking one `'` off a cell that this pattern matches gives back
 * what was stored.
 */
export const csvCell = (text: string): string => {
  const safe = DANGEROUS.test(text) ? `'${text}` : text;
  return /[",\r\n]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
