import type { Column } from "./columns.ts";
import { MADE_VALUE_BYTES } from "./fast-json.ts";
import { RESERVED_LENGTH_MAX } from "./fast-tables.ts";

/** A column of the file, for the code that reads it. */
export type FastColumn = {
  /** Its variables are numbered by it. */
  at: number;
  column: Column;
  /** What a row without a value has, as a literal; undefined if such a row is at fault or not for the fast path. */
  empty: string | undefined;
  valueBytesMax: number;
};

/** Ends the fast path: the row is read anew, rule by rule. */
export const GIVE_UP = "break rows;";

/** Where the value stands, for the row's line of JSON. */
const copied = (at: number, start: string, end: string): string =>
  `S[${at * 3}] = ${start}; S[${at * 3 + 1}] = ${end}; S[${at * 3 + 2}] = 1;`;

const made = (at: number): string => `S[${at * 3 + 2}] = 2; M[${at}] = v${at};`;

const isEmpty = ({ empty, at }: FastColumn): string =>
  empty === undefined ? GIVE_UP : `{ v${at} = ${empty}; ${empty === "undefined" ? "" : made(at)} }`;

/** Anything that the fast path does not know itself is judged by its rule; a fault ends the fast path. */
const judged = (at: number, decimals: string): string =>
  `{ x = judge(${at}, t.slice(s${at}, e${at}), ${decimals}); if (x === undefined) ${GIVE_UP} v${at} = x; ${made(at)} }`;

const idCode = (field: FastColumn): string => `
  while (ID[b[p]] === 1) p++;
  if (p === s) ${isEmpty(field)}
  else {
    if (ALNUM[b[s]] !== 1 || p - s > 100) ${GIVE_UP}
    v${field.at} = t.slice(s, p); ${copied(field.at, "s", "p")}
    if (LOWER[b[s]] === 1 && LOWER[b[p - 1]] === 1 && p - s <= ${RESERVED_LENGTH_MAX} && RESERVED.has(v${field.at})) ${GIVE_UP}
  }`;

/** Reads on to the end of a text; `m` is then the sum of the classes of its bytes. */
export const TEXT_CODE = `
  m = 1; T = q === 1 ? QUOTED : TEXT;
  while ((k = T[b[p]]) === 1) p++;
  while (k !== 0) { m |= k; k = T[b[++p]]; }`;

/** Sets \`x\` to the text between s and p. */
export const TEXT_VALUE = `
  if (m === 1) x = t.slice(s, p);
  else {
    if ((m & 4) !== 0) { if (!isValid) ${GIVE_UP} x = b.toString("utf8", s, p); } else x = t.slice(s, p);
    if ((m & 2) !== 0) isPlain = false;
  }`;

const textCode = (field: FastColumn, charactersMax: number, onlyPlain: boolean): string => `${TEXT_CODE}
  if (p === s) ${isEmpty(field)}
  else {
    if (p - s > ${Math.min(charactersMax, field.valueBytesMax)}${onlyPlain ? " || m !== 1" : ""}) ${GIVE_UP}
    ${TEXT_VALUE}
    v${field.at} = x; ${copied(field.at, "s", "p")}
  }`;

const instantCode = (field: FastColumn): string => `
  k = dayAt(b, p);
  if (k > 0 && TIME[b[p + 10]] !== 1) {
    if (k > latestDay) ${GIVE_UP}
    if (k !== day) { day = k; dayText = t.slice(p, p + 10) + "T00:00:00.000Z"; }
    v${field.at} = dayText; p += 10; ${made(field.at)}
  } else {
    while (TIME[b[p]] === 1) p++;
    if (p === s) ${isEmpty(field)}
    else if (k > 0 && k < latestDay && p - s === 20 && b[p - 1] === 90 && isTimeAt(b, s + 10)) { v${field.at} = t.slice(s, p - 1) + ".000Z"; ${made(field.at)} }
    else if (k > 0 && k < latestDay && p - s === 24 && b[p - 1] === 90 && b[s + 19] === 46 && isTimeAt(b, s + 10) &&
      DIGIT[b[s + 20]] === 1 && DIGIT[b[s + 21]] === 1 && DIGIT[b[s + 22]] === 1) {
      v${field.at} = t.slice(s, p); ${copied(field.at, "s", "p")}
    }
    else { s${field.at} = s; e${field.at} = p; ${judged(field.at, "undefined")} }
  }`;

/** Only reads the digits: what they mean depends on the currency, which may stand further on. */
const amountCode = ({ at }: FastColumn): string => `
  s${at} = s; n${at} = 0;
  if (b[p] === 45) { p++; n${at} = 1; }
  k = p; z${at} = 0; h${at} = b[p];
  while (DIGIT[b[p]] === 1) { z${at} |= b[p] & 15; p++; }
  d${at} = p - k; f${at} = 0;
  if (b[p] === 46) {
    k = ++p;
    while (DIGIT[b[p]] === 1) { z${at} |= b[p] & 15; p++; }
    f${at} = p - k;
    if (f${at} === 0) ${GIVE_UP}
  }
  e${at} = p;
  if (d${at} > 15 || (d${at} === 0 && p !== s)) ${GIVE_UP}`;

const currencyCode = (field: FastColumn): string => `
  if (TEXT[b[p]] === 0) { ${field.empty === undefined ? GIVE_UP : `v${field.at} = ${field.empty}; ${field.empty === "undefined" ? "" : made(field.at)} D${field.at} = ${field.empty === "undefined" ? -1 : `decimalsOf(${field.empty})`};`} }
  else {
    k = (b[p] << 16) | (b[p + 1] << 8) | b[p + 2];
    if (k !== currencyKey) {
      x = CURRENCIES.get(k);
      if (x === undefined) ${GIVE_UP}
      currencyKey = k; currency = x.code; currencyDecimals = x.decimals;
    }
    v${field.at} = currency; D${field.at} = currencyDecimals; p += 3; ${made(field.at)}
  }`;

/** Whether it is written the same in a file, in JSON and in memory, and short. */
export const isPlainWord = (word: string): boolean =>
  word.length <= MADE_VALUE_BYTES && /^[ !#-[\]-~]+$/.test(word);

const wordsCode = (field: FastColumn, words: readonly string[]): string => {
  if (!words.every(isPlainWord)) return GIVE_UP;
  const branches = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => {
      const bytes = [...Buffer.from(word)];
      const is = bytes.map((byte, index) => `b[p + ${index}] === ${byte}`).join(" && ");
      return `if (${is}) { v${field.at} = ${JSON.stringify(word)}; p += ${bytes.length}; ${made(field.at)} }`;
    });
  return `
  ${branches.join("\n  else ")}
  else if (TEXT[b[p]] === 0) ${isEmpty(field)}
  else ${GIVE_UP}`;
};

/** The variables that the code of a column uses, beside its value's. */
export const variablesOf = ({ at, column }: FastColumn): string[] => {
  if (column.kind === "currency") return [`D${at}`];
  if (column.kind === "instant") return [`s${at}`, `e${at}`];
  return column.kind === "amount" ? ["s", "e", "d", "f", "z", "n", "h"].map((name) => `${name}${at}`) : [];
};

/** Reads the value at \`p\` up to its end; what it cannot read stays for the check of what follows the value. */
export const columnCode = (field: FastColumn): string => {
  const { column } = field;
  switch (column.kind) {
    case "id":
      return idCode(field);
    case "foreignId":
      return textCode(field, column.charactersMax, true);
    case "instant":
      return instantCode(field);
    case "amount":
      return amountCode(field);
    case "currency":
      return currencyCode(field);
    case "oneOf":
      return wordsCode(field, column.words);
    case "text":
      return textCode(field, column.charactersMax, false);
  }
};

/** After the last value: makes an amount of the digits, with the decimals of its currency. */
export const amountValueCode = (field: FastColumn, decimals: string): string => {
  const { at } = field;
  return `
  if (e${at} === s${at}) ${isEmpty(field)}
  else if (f${at} === ${decimals} && (d${at} === 1 || h${at} !== 48) && (z${at} !== 0 || n${at} === 0)) { v${at} = t.slice(s${at}, e${at}); ${copied(at, `s${at}`, `e${at}`)} }
  else ${judged(at, `${decimals} < 0 ? undefined : ${decimals}`)}`;
};
