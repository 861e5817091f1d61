import { DEPTH_MAX } from "./json.ts";

const [QUOTE, COLON, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [34, 58, 92, 123, 125, 91, 93];

/** Where the string that is open at this place ends. */
const closingQuote = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from); ; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
};

/** How many fields the objects of a JSON text name; -1 when it is nested too deep. */
const namesIn = (text: string): number => {
  let names = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, at + 1);
    else if (code === COLON) names += 1;
    else if (code === OPEN || code === OPEN_LIST) {
      depth += 1;
      if (depth > DEPTH_MAX) return -1;
    } else if (code === CLOSE || code === CLOSE_LIST) depth -= 1;
  }
  return names;
};

/** How many fields the objects of a parsed value have. */
const namesOf = (value: object): number => {
  let names = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const inner: unknown = value[index];
      if (typeof inner === "object" && inner !== null) names += namesOf(inner);
    }
    return names;
  }
  // What JSON.parse makes inherits nothing that would be listed.
  for (const name in value) {
    names += 1;
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner === "object" && inner !== null) names += namesOf(inner);
  }
  return names;
};

/**
 * Whether a JSON text has none of the faults that `jsonFaults` and `equalNameFaults` look for, found at a third of
 * their cost; false means that they must look. `value` is the text parsed. The text comes from valid UTF-8, so that only
 * an escape can make a lone surrogate of it.
 */
export const isPlainJson = (text: string, value: unknown): boolean => {
  if (text.includes("\\u") || text.includes("__proto__")) return false;
  const names = namesIn(text);
  return names >= 0 && names === (typeof value === "object" && value !== null ? namesOf(value) : 0);
};
