import { isSuspect, SECRET_NAME, SECRET_WORD } from "./suspect.ts";

/** What stands in the place of a secret. */
export const MASKED = "[masked]";

/** Blanks and hyphens of any kind: what people put between the digits of a card. */
const GAP = "[\\s\\u00ad\\u2010-\\u2015\\u2212-]*";
const DIGITS = new RegExp(`\\d(?:${GAP}\\d){12,}`, "g");
const BEARER = /\b(bearer\s+)[\w.~+/=-]+/gi;
const JWT = /eyJ[\w-]*\.[\w-]+(?:\.[\w-]*){0,3}/g;

/** ISO/IEC 7812-1, annex B. */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let place = 1; place <= digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - place) - 48;
    const doubled = place % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

const CARD_DIGITS_MAX = 19;

const isCard = (digits: string): boolean => /^[2-6]\d{12,18}$/.test(digits) && passesLuhn(digits);

/**
 * A run of digits and gaps without the cards in it. A card begins and ends with a group of digits, because a
 * run may hold other numbers before and after it.
 */
const maskCards = (run: string): string => {
  const groups = [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }));
  let masked = "";
  let kept = 0;
  for (let first = 0; first < groups.length; first += 1) {
    const { index: start = 0 } = groups[first] ?? {};
    let digits = "";
    let card: { last: number; end: number } | undefined;
    for (const [after, group] of groups.slice(first, first + CARD_DIGITS_MAX).entries()) {
      digits += group.digits;
      if (digits.length > CARD_DIGITS_MAX) break;
      // The longest: a card's first digits may pass the check by chance.
      if (isCard(digits)) card = { last: first + after, end: group.index + group.digits.length };
    }
    if (card === undefined) continue;
    masked += run.slice(kept, start) + MASKED;
    kept = card.end;
    first = card.last;
  }
  return masked + run.slice(kept);
};

const maskText = (text: string): string =>
  isSuspect(text)
    ? text.replace(BEARER, `$1${MASKED}`).replace(JWT, MASKED).replace(DIGITS, maskCards)
    : text;

/** `apiKey`, `API_KEY` and `api-key` are one name. */
const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const isSecretName = (name: string, more: ReadonlySet<string>): boolean =>
  SECRET_NAME.test(name) ||
  more.has(plainName(name)) ||
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => SECRET_WORD.test(word));

/** Names that are remembered: a system has some hundred, and a sender that makes them up must not fill the memory. */
const NAMES_MAX = 2_000;

export type Mask = {
  /** The text without bearer tokens, JWTs and card numbers. */
  text(text: string): string;
  /**
   * The JSON value likewise, and without the values of fields with a secret's name; the very same value when
   * there is nothing to mask. Recurses: the caller bounds the depth.
   */
  value<T>(value: T): T;
};

/**
 * Takes secrets out of what is about to be logged: values of fields named like `password`, `token`,
 * `authorization`, `ssn` or `cardNumber` (and `keys`), and in any text bearer tokens, JWTs, and 13 to 19
 * digits that begin with 2 to 6 and pass the Luhn check. Masking what is masked changes nothing.
 */
export const makeMask = ({ keys = [] }: { keys?: readonly string[] } = {}): Mask => {
  const more = new Set(keys.map(plainName));
  const known = new Map<string, boolean>();

  const isSecret = (name: string): boolean => {
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size === NAMES_MAX) known.clear();
    const secret = isSecretName(name, more);
    known.set(name, secret);
    return secret;
  };

  const maskObject = (from: object): object => {
    const masked: Record<string, unknown> = {};
    let changed = false;
    for (const [name, value] of Object.entries(from)) {
      const keep = value === null || typeof value === "boolean" || !isSecret(name);
      const inner = keep ? maskAny(value) : MASKED;
      let shown = maskText(name);
      // Two names that are masked alike both stay.
      while (shown !== name && Object.hasOwn(masked, shown)) shown += "'";
      if (inner !== value || shown !== name) changed = true;
      masked[shown] = inner;
    }
    return changed ? masked : from;
  };

  const maskAny = (value: unknown): unknown => {
    if (typeof value === "string") return maskText(value);
    if (typeof value === "number") return isCard(String(value)) ? MASKED : value;
    if (typeof value !== "object" || value === null) return value;
    if (!Array.isArray(value)) return maskObject(value);
    const masked = value.map(maskAny);
    return masked.some((inner, index) => inner !== value[index]) ? masked : value;
  };

  return { text: maskText, value: (value) => maskAny(value) as typeof value };
};
