import type { ListParameters } from "./list-parameters.ts";

const ROWS_MAX = 1000;
/** Few at a time, because with a delimiter most rows may be rolled up into one prefix. */
const ROWS_WITH_DELIMITER = 50;
const CODE_POINT_MAX = 0x10ffff;
/** This many repetitions of the last character are longer than any key. */
const KEY_CHARACTERS_MAX = 257;

/** The smallest text that sorts after every text with this prefix. */
export const pastPrefix = (prefix: string): string => {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === CODE_POINT_MAX) points.pop();
  const last = points.pop();
  if (last === undefined) return prefix + String.fromCodePoint(CODE_POINT_MAX).repeat(KEY_CHARACTERS_MAX);
  // Texts hold no lone surrogate, so the code point behind U+D7FF is U+E000.
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return String.fromCodePoint(...points, next);
};

export type Page<Entry> = {
  entries: Entry[];
  prefixes: string[];
  /** The last entry of the page; undefined if it is empty. */
  last: { entry: Entry } | { prefix: string } | undefined;
  truncated: boolean;
};

/** The prefix that a key is rolled up into, if the delimiter follows the prefix that was asked for. */
export const rolledUp = (key: string, { prefix, delimiter }: ListParameters): string | undefined => {
  if (delimiter === "" || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
};

/**
 * One page of entries in their order, those below a delimiter rolled up; a rolled-up prefix counts as one,
 * and what is below it is skipped. `read` gives rows at or behind the prefix, from a place on.
 */
export const readPage = <Entry extends { key: string }, Place>(
  parameters: ListParameters,
  start: Place | { from: string },
  placeOf: (entry: Entry) => Place,
  read: (place: Place | { from: string }, limit: number) => Entry[],
): Page<Entry> => {
  const { prefix, delimiter, max } = parameters;
  const page: Page<Entry> = { entries: [], prefixes: [], last: undefined, truncated: false };
  if (max === 0) return page;
  let place: Place | { from: string } = start;
  for (;;) {
    const room = max - page.entries.length - page.prefixes.length;
    const limit = delimiter === "" ? Math.min(room + 1, ROWS_MAX) : ROWS_WITH_DELIMITER;
    const rows = read(place, limit);
    let skips = false;
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) return page;
      if (page.entries.length + page.prefixes.length >= max) return { ...page, truncated: true };
      const rolled = rolledUp(row.key, parameters);
      if (rolled !== undefined) {
        page.prefixes.push(rolled);
        page.last = { prefix: rolled };
        place = { from: pastPrefix(rolled) };
        skips = true;
        break;
      }
      page.entries.push(row);
      page.last = { entry: row };
      place = placeOf(row);
    }
    if (!skips && rows.length < limit) return page;
  }
};
