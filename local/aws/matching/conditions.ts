import { isRecord } from "../port/input.ts";
import { cidr } from "./cidr.ts";
import type { Leaf } from "./event-fields.ts";
import { numeric } from "./numeric.ts";
import { refuse } from "./pattern-error.ts";
import { wildcard } from "./wildcard.ts";

type Test = (value: Leaf) => boolean;

/** Whether a field's conditions accept a value, or accept that there is none. */
export type Conditions = { acceptsValue: Test; acceptsAbsence: boolean; count: number };

const lower = (text: string): string => text.toLowerCase();
const ofText =
  (test: (value: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value);
const requiredText = (value: unknown, operator: string): string =>
  typeof value === "string" ? value : refuse(`${operator} match pattern must be a string`);

/** The one name and value of an object. */
const entryOf = (value: Readonly<Record<string, unknown>>, none: string): [string, unknown] =>
  Object.entries(value)[0] ?? refuse(none);
const checkSingle = (value: Readonly<Record<string, unknown>>): void => {
  if (Object.keys(value).length > 1) refuse("Only one key allowed in match expression");
};

type Affix = "prefix" | "suffix";
const has: Record<Affix, (value: string, part: string) => boolean> = {
  prefix: (value, part) => value.startsWith(part),
  suffix: (value, part) => value.endsWith(part),
};

/** A text, or `{ "equals-ignore-case": text }`. */
const affix =
  (operator: Affix) =>
  (operand: unknown): Test => {
    if (isRecord(operand)) {
      const [name, inner] = entryOf(operand, `${operator} expression name not found`);
      if (name !== "equals-ignore-case") refuse(`Unsupported ${operator} pattern: ${name}`);
      const folded = lower(requiredText(inner, name));
      checkSingle(operand);
      return ofText((value) => has[operator](lower(value), folded));
    }
    const wanted = requiredText(operand, operator);
    return ofText((value) => has[operator](value, wanted));
  };

const equalsIgnoreCase = (operand: unknown): Test => {
  const wanted = lower(requiredText(operand, "equals-ignore-case"));
  return ofText((value) => lower(value) === wanted);
};

const ANYTHING_BUT = "Value of anything-but must be an array or single string/number value.";

/** The condition inside `anything-but`, when it is an object. */
const INSIDE_ANYTHING_BUT: Readonly<Record<string, (operand: unknown) => Test>> = {
  prefix: (operand) => affixInside("prefix", operand),
  suffix: (operand) => affixInside("suffix", operand),
  wildcard: (operand) => ofText(wildcard(requiredText(operand, "wildcard"))),
  "equals-ignore-case": (operand) =>
    typeof operand === "string"
      ? equalsIgnoreCase(operand)
      : refuse("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."),
};
const affixInside = (operator: Affix, operand: unknown): Test => {
  if (typeof operand !== "string") return refuse("prefix/suffix match pattern must be a string");
  if (operand === "") refuse("Null prefix/suffix not allowed");
  return affix(operator)(operand);
};

const anythingButPattern = (operand: Readonly<Record<string, unknown>>): Test => {
  const [operator, inner] = entryOf(operand, "Anything-But expression name not found");
  const make = Object.hasOwn(INSIDE_ANYTHING_BUT, operator) ? INSIDE_ANYTHING_BUT[operator] : undefined;
  if (!make) return refuse(`Unsupported anything-but pattern: ${operator}`);
  if (isRecord(inner)) refuse(ANYTHING_BUT);
  const tests = Array.isArray(inner) ? inner.map(make) : [make(inner)];
  if (tests.length === 0) refuse("Empty arrays are not allowed");
  checkSingle(operand);
  // A number or null has no prefix, so it is anything but one.
  return (value) => !tests.some((test) => test(value));
};

const anythingBut = (operand: unknown): Test => {
  if (isRecord(operand)) return anythingButPattern(operand);
  if (!Array.isArray(operand)) {
    if (typeof operand !== "string" && typeof operand !== "number") return refuse(ANYTHING_BUT);
    return (value) => value !== operand;
  }
  const kinds = new Set(operand.map((one) => typeof one));
  if (operand.some((one) => typeof one !== "string" && typeof one !== "number")) {
    refuse("Inside anything but list, start|null|boolean is not supported.");
  }
  if (kinds.size !== 1) {
    refuse("Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  return (value) => !operand.includes(value);
};

const OPERATORS: Readonly<Record<string, (operand: unknown) => Test>> = {
  prefix: affix("prefix"),
  suffix: affix("suffix"),
  "equals-ignore-case": equalsIgnoreCase,
  wildcard: (operand) => ofText(wildcard(requiredText(operand, "wildcard"))),
  numeric: (operand) => {
    const test = numeric(operand);
    return (value) => typeof value === "number" && test(value);
  },
  // AWS's message says `prefix` here.
  cidr: (operand) => ofText(cidr(requiredText(operand, "prefix"))),
  "anything-but": anythingBut,
};

/** The names that make an object of `$or` a condition and not a pattern. */
export const isOperator = (name: string): boolean =>
  name === "exists" || name === "exactly" || Object.hasOwn(OPERATORS, name);

type Condition = { absent: true } | { absent: false; test: Test };

const compileCondition = (condition: unknown): Condition => {
  if (Array.isArray(condition)) return refuse("Match value must be String, number, true, false, or null");
  if (!isRecord(condition)) return { absent: false, test: (value) => value === condition };
  const [operator, operand] = entryOf(condition, "Match expression name not found");
  const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (operator === "exists") {
    if (typeof operand !== "boolean") return refuse("exists match pattern must be either true or false.");
    checkSingle(condition);
    return operand ? { absent: false, test: () => true } : { absent: true };
  }
  const test = make ? make(operand) : refuse(`Unrecognized match type ${operator}`);
  checkSingle(condition);
  return { absent: false, test };
};

/** Parses a field's list of conditions, one of which is enough. */
export const readConditions = (list: readonly unknown[]): Conditions => {
  if (list.length === 0) refuse("Empty arrays are not allowed");
  const conditions = list.map(compileCondition);
  const tests = conditions.flatMap((condition) => (condition.absent ? [] : [condition.test]));
  return {
    acceptsValue: (value) => tests.some((test) => test(value)),
    acceptsAbsence: conditions.some(({ absent }) => absent),
    count: list.length,
  };
};
