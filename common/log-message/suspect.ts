/** Names of fields whose values are secrets; between their words may stand one separator. */
const NAMES =
  "pass[-_. ]?(?:word|wd|phrase)|pwd|token|secret|authori[sz]ation|credential|cookie|api[-_. ]?key|private[-_. ]?key|card[-_. ]?(?:number|num|nr|no)|credit[-_. ]?card|security[-_. ]?code";

/** Short names that are secret as a word of their own; `className` holds one by chance. */
const WORDS = "ssn|cvv|cvc|pan";

export const SECRET_NAME = new RegExp(NAMES, "i");
export const SECRET_WORD = new RegExp(`^(?:${WORDS})[s\\d]?$`);

/** What a secret can begin with, in a field's name or in a text, and the escapes that can hide one. */
const START = new RegExp(`${NAMES}|${WORDS}|bearer|eyJ`, "iy");

/** Letters fold to their last five bits whatever their case; `START` refuses what else folds alike. */
const fold = (code: number): number => code & 31;

/** By three folded letters, whether `START` may match where they begin. */
const STARTS = new Uint8Array(1 << 15);
for (const word of "pas pwd tok sec aut cre coo api pri car ssn cvv cvc pan bea eyj".split(" ")) {
  STARTS[(fold(word.charCodeAt(0)) << 10) | (fold(word.charCodeAt(1)) << 5) | fold(word.charCodeAt(2))] = 1;
}

const [ZERO, NINE, SPACE, TAB, RETURN] = [48, 57, 32, 9, 13];
const [HYPHEN, DOT, BACKSLASH, SMALL_U, DEL] = [45, 46, 92, 117, 127];

/** What may stand between the digits of a card, also of one that is a JSON number with a fraction. */
const isGap = (code: number): boolean =>
  code === SPACE || code === HYPHEN || code === DOT || (code >= TAB && code <= RETURN) || code >= DEL;

/** The digits of the shortest card number. */
const DIGITS_MIN = 13;

/**
 * Whether a text may hold something to mask: 13 digits with nothing but blanks and hyphens between them, what a
 * token or a secret's name begins with, or, in a JSON text, an escaped letter. Never false when it does hold
 * one. One pass over the text: the usual one holds none, and is then not looked at any closer.
 */
export const isSuspect = (text: string): boolean => {
  let letters = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      // A JSON text writes a line break between two digits as two characters.
      at += 1;
      if (text.charCodeAt(at) === SMALL_U) return true;
      continue;
    }
    letters = ((letters << 5) | fold(code)) & 0x7fff;
    if (code >= ZERO && code <= NINE) {
      digits += 1;
      if (digits === DIGITS_MIN) return true;
    } else if (!isGap(code)) {
      digits = 0;
    }
    if (STARTS[letters] === 1 && at >= 2) {
      START.lastIndex = at - 2;
      if (START.test(text)) return true;
    }
  }
  return false;
};
