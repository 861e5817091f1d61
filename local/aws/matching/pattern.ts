import { isRecord } from "../port/input.ts";
import { type Conditions, isOperator, readConditions } from "./conditions.ts";
import { type Elements, type Field, fieldsOf, joined } from "./event-fields.ts";
import { PatternError, refuse } from "./pattern-error.ts";

export { PatternError };

/** The conditions of one field, and in how many objects of the pattern they stand. */
export type FieldPattern = Conditions & { depth: number };

/** One way to match: every path satisfies its conditions. A pattern with `$or` has several. */
export type Alternative = ReadonlyMap<string, FieldPattern>;

const ALTERNATIVES_MAX = 1_000;

const isOr = (alternatives: unknown): alternatives is Record<string, unknown>[] =>
  Array.isArray(alternatives) &&
  alternatives.length >= 2 &&
  alternatives.every((one) => isRecord(one) && !Object.keys(one).some(isOperator));

/** Adds the conditions of an object of the pattern to each alternative. */
const readObject = (
  pattern: Readonly<Record<string, unknown>>,
  alternatives: readonly Alternative[],
  path: string,
  depth: number,
): readonly Alternative[] => {
  if (Object.keys(pattern).length === 0) refuse("Empty objects are not allowed");
  return Object.entries(pattern).reduce((before, [name, inner]) => {
    if (name === "$or" && isOr(inner)) {
      const after = inner.flatMap((one) => readObject(one, before, path, depth));
      return after.length > ALTERNATIVES_MAX ? refuse("Rule is too complex") : after;
    }
    const innerPath = path === "" ? name : `${path}.${name}`;
    if (Array.isArray(inner)) {
      const field = { ...readConditions(inner), depth };
      return before.map((one) => new Map(one).set(innerPath, field));
    }
    return isRecord(inner)
      ? readObject(inner, before, innerPath, depth + 1)
      : refuse(`"${name}" must be an object or an array`);
  }, alternatives);
};

/** Throws PatternError, in AWS's words, for an invalid pattern. */
export const readPattern = (pattern: unknown): readonly Alternative[] =>
  isRecord(pattern) ? readObject(pattern, [new Map()], "", 1) : refuse("Filter is not an object");

/**
 * Whether the fields satisfy the conditions from here on. Values that stand in a list must all be of one of its
 * elements: with `{ items: { name: ["a"], size: [1] } }` one item has both.
 */
const matchesFrom = (
  wanted: readonly (readonly [string, FieldPattern])[],
  place: number,
  fields: ReadonlyMap<string, readonly Field[]>,
  elements: Elements,
): boolean => {
  const next = wanted[place];
  if (next === undefined) return true;
  const [path, { acceptsValue, acceptsAbsence }] = next;
  let absent = true;
  for (const field of fields.get(path) ?? []) {
    const both = joined(elements, field.elements);
    if (both === undefined) continue;
    absent = false;
    if (acceptsValue(field.value) && matchesFrom(wanted, place + 1, fields, both)) return true;
  }
  return absent && acceptsAbsence && matchesFrom(wanted, place + 1, fields, elements);
};

/** Throws PatternError for an invalid pattern. The returned function can be called many times. */
export const compilePattern = (pattern: unknown): ((event: unknown) => boolean) => {
  // Sorted by path, because absence is looked for in the elements of lists that earlier paths have chosen.
  const alternatives = readPattern(pattern).map((one) => [...one].sort(([a], [b]) => (a < b ? -1 : 1)));
  return (event) => {
    const fields = fieldsOf(event);
    return alternatives.some((wanted) => matchesFrom(wanted, 0, fields, new Map()));
  };
};

const compiled = new WeakMap<object, (event: unknown) => boolean>();

/** Whether an event (with its whole envelope) matches an EventBridge pattern. */
export const matchesPattern = (pattern: Readonly<Record<string, unknown>>, event: unknown): boolean => {
  const test = compiled.get(pattern) ?? compilePattern(pattern);
  compiled.set(pattern, test);
  return test(event);
};
