import { type Fault, FaultList, step } from "#common/errors/fault.ts";

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** Where the string that is open at this place ends. */
const closingQuote = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from); ; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
};

/** How many fields the objects of a JSON text name: the colons outside of strings. */
const namesIn = (text: string): number => {
  let names = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, at + 1);
    else if (code === COLON) names += 1;
  }
  return names;
};

/** How many fields the objects of a parsed value have. */
const namesOf = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0;
  let names = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) names += namesOf(value[index]);
    return names;
  }
  // What JSON.parse makes inherits nothing that would be listed.
  for (const name in value) names += 1 + namesOf((value as Record<string, unknown>)[name]);
  return names;
};

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g;

/** An object or array that is open while the text is read; `at` is the field or place that is being read. */
type Open = { names: Set<string> | undefined; at: string; awaitsName: boolean; index: number };

const find = (text: string): Fault[] => {
  const list = new FaultList();
  const open: Open[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    const inner = open.at(-1);
    if (token === "{") open.push({ names: new Set(), at: "", awaitsName: true, index: 0 });
    else if (token === "[") open.push({ names: undefined, at: "0", awaitsName: false, index: 0 });
    else if (token === "}" || token === "]") open.pop();
    else if (inner === undefined) continue;
    else if (token === ",") {
      inner.index += 1;
      inner.awaitsName = inner.names !== undefined;
      if (inner.names === undefined) inner.at = String(inner.index);
    } else if (inner.names && inner.awaitsName) {
      inner.awaitsName = false;
      inner.at = JSON.parse(token) as string;
      const path = open.map(({ at }) => step(at)).join("");
      if (inner.names.has(inner.at)) list.add({ path, message: "must stand only once in its object" });
      inner.names.add(inner.at);
    }
  }
  return list.faults;
};

/**
 * The fields that stand twice in one object of a JSON text, of which a parser keeps the last and says nothing
 * (RFC 7493, 2.3). The usual text costs one scan, 0.3 µs for an event, because `value` is the text parsed:
 * it has fewer fields than the text names exactly when one stands twice. Reads by recursion what must not
 * be too deep for that.
 */
export const equalNameFaults = (text: string, value: unknown): Fault[] =>
  namesIn(text) === namesOf(value) ? [] : find(text);
