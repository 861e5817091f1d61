/** Names of fields whose values are secrets, each with its own beginning; between words may stand one separator. */
const NAMES =
  "pass[-_. ]?word|pass[-_. ]?wd|pass[-_. ]?phrase|pwd|token|secret|authori[sz]ation|credential|cookie|api[-_. ]?key|private[-_. ]?key|card[-_. ]?num|card[-_. ]?n[or](?![a-z])|credit[-_. ]?card|security[-_. ]?code";

/** Short names that are secret as a word of their own; `className` holds one by chance. */
const WORDS = "ssn|cvv|cvc|pan|auth";

/** Of a field's name with its words in lower case and `_` around each. */
export const SECRET_NAME = new RegExp(`${NAMES}|_(?:${WORDS})[s\\d]?_`);

/** What a secret can begin with, in a field's name or in a text, and the escapes that can hide one. */
const START = new RegExp(`${NAMES}|${WORDS}|bearer|eyJ|eyA|ewo|ew0|ewk|\\\\u`, "i");

/** The first three characters of each, in both cases: four times as quick as the whole with its flag. */
const HINT = new RegExp(
  [...new Set(START.source.split("|").map((start) => start.slice(0, 3)))]
    .join("|")
    .replace(/\w/g, (letter) => `[${letter}${letter.toUpperCase()}]`),
);

/** What may stand between the digits of a card, also escaped, and of one that is a JSON number with a fraction. */
const GAP = "\\s.\\\\ftnr\\u007f-\\uffff-";
const LONG_NUMBER = new RegExp(`\\d(?:[${GAP}]*\\d){12}`);
/** Whatever is a long number holds this, which is found in half the time. */
const LONG_HINT = new RegExp(`\\d[\\d${GAP}]{12}`);

/**
 * Whether a text may hold something to mask: 13 digits with nothing but blanks and hyphens between them, what a
 * token or a secret's name begins with, or, in a JSON text, an escaped letter. Never false when it does hold
 * one. The usual text holds none, and is then not looked at any closer.
 */
export const isSuspect = (text: string): boolean =>
  (HINT.test(text) && START.test(text)) || (LONG_HINT.test(text) && LONG_NUMBER.test(text));
