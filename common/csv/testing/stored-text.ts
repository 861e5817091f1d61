/**
 * What was stored, from the text of a cell: one `'` less where a guarded formula stands behind it. Written
 * anew, as a reader of our files would from the documentation.
 */
export const storedText = (cell: string): string =>
  /^'+(?:[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/u.test(cell) ? cell.slice(1) : cell;
