/** What stands in the place of a secret. */
export const MASKED = "[masked]";

/** Between the digits of a card number: blanks of any kind and hyphens of any length. */
const GAP = "[\\s\\u00ad\\u200b-\\u200d\\u2010-\\u2015\\u2212\\ufe58\\ufe63\\uff0d-]";

const CARDS = new RegExp(`\\d(?:${GAP}*\\d){12,}`, "g");
// What looks like a plain word of a sentence about tokens stays: "the bearer of", "bearer token missing".
const BEARER = /(bearer(?:[\s:="']|%20)+)(?!(?:of|tokens?|auth[a-z]*)(?![\w.~+/=%-]))[\w.~+/=%-]+/gi;
/** A JWT begins with `{"`, or with `{` and white space, in base64url. */
const JWT = /(?:ey[JA]|ew[ok0])[\w-]*\.[\w-]+(?:\.[\w-]*)*/g;

/** Keys whose values are secret, in the form that `wordsOf` gives them. */
const SECRET_KEY =
  /pass_?(?:word|wd|phrase|code)|pwd|secret|token|authorization|cookie|credential|(?:api|private|access)_?key|card_?(?:number|num_|no_)|social_?security|_(?:auth|ssn|cvv2?|cvc2?)_/;

/**
 * Finds in JSON text whatever the closer look below might mask, and more. An escape of a visible character is
 * suspicious because it may hide a letter or digit of what is looked for.
 */
const SUSPICIOUS = `pass|pwd|secret|token|auth(?!o(?!riz))|cookie|credential|(?:api|private|access).?key|card.?n|social|ssn|cv[vc]|bearer|ey[ja]|ew[ok0]|\\\\u00[2-7]|\\d(?:(?:\\.|\\\\[nrt]|\\\\u[0-9a-f]{4}|${GAP})*\\d){12}`;

/** The words of a key: `cardNumber`, `card-number` and `Card Number` are all `_card_number_`. */
const wordsOf = (key: string): string =>
  `_${key
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")}_`.replace(/_+/g, "_");

/** The check digit of ISO/IEC 7812-1. */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = digits.length - 1, twice = false; at >= 0; at -= 1, twice = !twice) {
    const digit = digits.charCodeAt(at) - 48;
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
};

/**
 * Masks card numbers in digits and gaps. Every sequence of whole groups is looked at, because digits of
 * something else may stand before and behind a number with only a blank between.
 */
const maskCards = (run: string): string => {
  const groups = [...run.matchAll(/\d+/g)];
  const secret = new Set<number>();
  for (const first of groups.keys()) {
    let digits = "";
    for (let last = first; last < groups.length && digits.length < 19; last += 1) {
      digits += groups[last]?.[0] ?? "";
      if (digits.length < 13 || digits.length > 19 || !/^[2-6]/.test(digits) || !passesLuhn(digits)) continue;
      for (let at = first; at <= last; at += 1) secret.add(at);
    }
  }
  let masked = "";
  let from = 0;
  for (const [at, { index, 0: group }] of groups.entries()) {
    // Of groups that are masked side by side the first alone leaves a mark.
    if (secret.has(at)) {
      if (!secret.has(at - 1)) masked += run.slice(from, index) + MASKED;
      from = index + group.length;
    }
  }
  return masked + run.slice(from);
};

const maskText = (text: string): string =>
  text.length < 8 ? text : text.replace(JWT, MASKED).replace(BEARER, `$1${MASKED}`).replace(CARDS, maskCards);

export type Mask = {
  /** Text without bearer tokens, JWTs and card numbers. */
  text: (text: string) => string;
  /** A value as JSON has them, without those in any text or key, and without the values of secret keys. */
  value: (value: unknown) => unknown;
  /** The same of a JSON text. What holds nothing suspicious comes back as it is, and was not parsed. */
  json: (text: string) => string;
};

const KEYS_REMEMBERED = 1_000;

/**
 * Takes secrets out of what is logged. `keys` are secret beside the usual ones; a key is compared by its words
 * (`pin` masks `PIN` and `cardPin`, and not `shipping`).
 */
export const makeMask = (keys: readonly string[] = []): Mask => {
  const own = keys.map(wordsOf).filter((words) => words.length > 2);
  const suspicious = new RegExp(
    [SUSPICIOUS, ...own.map((words) => words.slice(1, -1).replaceAll("_", "[^\\p{L}\\p{N}]*"))].join("|"),
    "iu",
  );
  const remembered = new Map<string, boolean>();

  const isSecret = (key: string): boolean => {
    let secret = remembered.get(key);
    if (secret === undefined) {
      const words = wordsOf(key);
      secret = SECRET_KEY.test(words) || own.some((word) => words.includes(word));
      if (remembered.size < KEYS_REMEMBERED && key.length < 100) remembered.set(key, secret);
    }
    return secret;
  };

  const maskedValue = (value: unknown): unknown => {
    if (typeof value === "string") return maskText(value);
    if (typeof value === "number") {
      const text = Number.isInteger(value) ? String(value) : "";
      const masked = maskText(text);
      return masked === text ? value : masked;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(maskedValue);
    const masked = new Map<string, unknown>();
    for (const [key, inner] of Object.entries(value)) {
      let name = maskText(key);
      while (masked.has(name)) name += "_";
      masked.set(name, isSecret(key) && inner !== null ? MASKED : maskedValue(inner));
    }
    return Object.fromEntries(masked);
  };

  return {
    text: maskText,
    value: maskedValue,
    json: (text) => (suspicious.test(text) ? JSON.stringify(maskedValue(JSON.parse(text))) : text),
  };
};
