import { isSuspect, SECRET_NAME } from "./suspect.ts";

/** What stands in the place of a secret. */
export const MASKED = "[masked]";

/** Between digits may stand whatever is no letter and no sign of ASCII but a hyphen: blanks and hyphens of any kind. */
const CARDS = /\d(?:[^!-,./-~\p{L}\p{N}]*\d){12,}/gu;
const BEARER = /(bearer(?:[\s:="']|%20)+)[\w.~+/=%-]+/gi;
/** A JWT begins with `{"`, or with `{` and white space, in base64url. */
const JWT = /e(?:y[JA]|w[ok0])[\w-]*\.[\w-]+(?:\.[\w-]*)*/g;

/** Whether these are 13 to 19 digits that begin with 2 to 6, the last of them the check digit of ISO/IEC 7812-1. */
const isCard = (digits: string): boolean => {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.at(-1 - place));
    sum += place % 2 ? Number("0246813579"[digit]) : digit;
  }
  return sum % 10 === 0 && /^[2-6]\d{12,18}$/.test(digits);
};

/**
 * A run of digits and gaps without the cards in it. Every sequence of whole groups is looked at, because digits
 * of something else may stand before and behind a card, and may pass the check with a part of it by chance.
 */
const maskCards = (run: string): string => {
  const groups = run.split(/(\D+)/);
  const secret = new Set<number>();
  for (let first = 0; first < groups.length; first += 2) {
    let digits = "";
    for (let last = first; last < groups.length && digits.length < 19; last += 2) {
      digits += groups[last];
      if (isCard(digits)) for (let at = first; at <= last; at += 1) secret.add(at);
    }
  }
  // Of what is masked side by side the first alone leaves a mark.
  return groups.map((group, at) => (secret.has(at) ? (secret.has(at - 1) ? "" : MASKED) : group)).join("");
};

const maskText = (text: string): string =>
  isSuspect(text) ? text.replace(BEARER, `$1${MASKED}`).replace(JWT, MASKED).replace(CARDS, maskCards) : text;

/** `cardNumber`, `card-number` and `Card Number` are all `_card_number_`. */
const wordsOf = (name: string): string =>
  `_${name.replace(/(?<=[\p{Ll}\d])\p{Lu}/gu, "_$&")}_`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");

export type Mask = {
  /** Whether a JSON text may hold something to mask, names of own keys among it. */
  isSuspect(text: string): boolean;
  /** The text without bearer tokens, JWTs and card numbers. */
  text(text: string): string;
  /**
   * The JSON value likewise, and without the values of fields with a secret's name. Recurses: the caller bounds
   * the depth.
   */
  value<T>(value: T): T;
};

/**
 * Takes secrets out of what is about to be logged: values of fields named like `password`, `token`,
 * `authorization`, `ssn` or `cardNumber` (and like `keys`, compared by words: `pin` is `PIN` and `cardPin`, and not
 * `shipping`), and in any text bearer tokens, JWTs, and 13 to 19 digits that begin with 2 to 6 and pass the Luhn
 * check. Masking what is masked changes nothing.
 */
export const makeMask = ({ keys = [] }: { keys?: readonly string[] } = {}): Mask => {
  const own = keys.map(wordsOf).filter((words) => words[1]);
  // Never matches without keys.
  const ownHint = new RegExp(
    own.map((words) => words.slice(1, -1).replaceAll("_", "[\\W_]*")).join("|") || "$^",
    "iu",
  );

  const isSecret = (name: string): boolean => {
    const words = wordsOf(name);
    return SECRET_NAME.test(words) || own.some((word) => words.includes(word));
  };

  const mask = (value: unknown): unknown => {
    if (typeof value === "string") return maskText(value);
    if (typeof value === "number") return isCard(`${value}`) ? MASKED : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(mask);
    const masked = new Map<string, unknown>();
    for (const [name, inner] of Object.entries(value)) {
      let shown = maskText(name);
      // Two names that are masked alike both stay.
      while (masked.has(shown)) shown += "'";
      const keeps = inner == null || !isSecret(name);
      masked.set(shown, keeps ? mask(inner) : MASKED);
    }
    return Object.fromEntries(masked);
  };

  return {
    isSuspect: (text) => isSuspect(text) || ownHint.test(text),
    text: maskText,
    value: (value) => mask(value) as typeof value,
  };
};
