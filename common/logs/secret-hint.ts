/** Letters fold to their last five bits whatever their case; what else folds alike costs a closer look. */
const fold = (code: number): number => code & 31;

/** By three folded characters, whether a token may begin with them. */
const STARTS = new Uint8Array(1 << 15);
for (const start of ["bea", "eyj", "eya", "ewo", "ew0", "ewk"]) {
  STARTS[[...start].reduce((key, character) => (key << 5) | fold(character.charCodeAt(0)), 0)] = 1;
}

/** The digits of the shortest card number. */
const DIGITS_MIN = 13;

/** Letters that an escape between two digits may have: `\n`, `\t`, `\r`, `\f`. */
const ESCAPES = new Set([..."fnrtFNRT"].map((letter) => letter.charCodeAt(0)));

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/**
 * Whether a text may hold what the mask takes out of texts; never false when it does. One pass, several times as
 * quick as the mask's own look, which a text has only if this says so.
 */
export const hintsAtSecret = (text: string): boolean => {
  let last = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    last = ((last << 5) | fold(code)) & 0x7fff;
    if (STARTS[last] === 1 && at >= 2) return true;
    if (code >= 48 && code <= 57) {
      digits += 1;
      if (digits === DIGITS_MIN) return true;
    } else if (digits > 0 && isLetter(code) && !ESCAPES.has(code)) digits = 0;
  }
  return false;
};
