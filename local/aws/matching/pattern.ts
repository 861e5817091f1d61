import { BlockList, isIP } from "node:net";
import { isRecord } from "../port/input.ts";

/** Why a pattern is none; EventBridge and SNS each give it a code of their own. */
export class PatternError extends Error {}

type Test = (value: unknown) => boolean;

const lower = (text: string): string => text.toLowerCase();
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const isText = (value: unknown): value is string => typeof value === "string";
const refuse = (reason: string): never => {
  throw new PatternError(reason);
};
const textOf = (value: unknown, operator: string): string =>
  isText(value) ? value : refuse(`${operator} match pattern must be a string`);

/** `*` stands for any characters, `\*` for itself. Two pointers and one step back: no pattern is slow. */
const wildcard = (pattern: string): Test => {
  const parts: (string | null)[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === "\\" && (pattern[at + 1] === "*" || pattern[at + 1] === "\\")) {
      at += 1;
      parts.push(pattern.charAt(at));
    } else if (character === "*") {
      if (parts.at(-1) === null) refuse("Consecutive wildcard characters are not allowed");
      parts.push(null);
    } else parts.push(character);
  }
  return (value) => {
    if (!isText(value)) return false;
    let part = 0;
    let at = 0;
    let star = -1;
    let resume = 0;
    while (at < value.length) {
      if (part < parts.length && parts[part] === value[at]) {
        part += 1;
        at += 1;
      } else if (part < parts.length && parts[part] === null) {
        star = part;
        resume = at;
        part += 1;
      } else if (star >= 0) {
        resume += 1;
        at = resume;
        part = star + 1;
      } else return false;
    }
    while (parts[part] === null) part += 1;
    return part === parts.length;
  };
};

/** A string, or `{ "equals-ignore-case": string }`. */
const affix = (operator: "prefix" | "suffix", operand: unknown): Test => {
  const folded = isRecord(operand) ? operand["equals-ignore-case"] : undefined;
  const wanted = textOf(folded ?? operand, operator);
  const has = (value: string, part: string) =>
    operator === "prefix" ? value.startsWith(part) : value.endsWith(part);
  return folded === undefined
    ? (value) => isText(value) && has(value, wanted)
    : (value) => isText(value) && has(lower(value), lower(wanted));
};

const NUMBER_MAX = 5e9;
const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

const numeric = (operand: unknown): Test => {
  const parts = Array.isArray(operand) ? operand : refuse("Value of numeric must be an array");
  if (parts.length === 0 || parts.length % 2 !== 0)
    refuse("Numeric match needs pairs of operator and number");
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const compare = COMPARE[String(parts[at])];
    const bound: unknown = parts[at + 1];
    if (!compare) return refuse(`Unrecognized numeric range operator: ${String(parts[at])}`);
    if (typeof bound !== "number") return refuse("Value of a numeric operator must be numeric");
    if (Math.abs(bound) > NUMBER_MAX) refuse("Value must be between -5.0E9 and 5.0E9, inclusive");
    tests.push((value) => compare(value, bound));
  }
  return (value) =>
    typeof value === "number" && Math.abs(value) <= NUMBER_MAX && tests.every((test) => test(value));
};

const cidr = (operand: unknown): Test => {
  const [address = "", bits = ""] = textOf(operand, "cidr").split("/");
  const version = isIP(address);
  const length = Number(bits);
  if (version === 0 || !/^\d+$/.test(bits) || length > (version === 4 ? 32 : 128)) {
    refuse("Malformed CIDR, one '/' required");
  }
  const block = new BlockList();
  block.addSubnet(address, length, version === 4 ? "ipv4" : "ipv6");
  return (value) =>
    isText(value) && isIP(value) === version && block.check(value, version === 4 ? "ipv4" : "ipv6");
};

const isLeafValue = (value: unknown): value is string | number | boolean | null =>
  value === null || isText(value) || typeof value === "number" || typeof value === "boolean";

const anythingBut = (operand: unknown): Test => {
  if (isRecord(operand)) {
    const [[operator, inner] = ["", undefined], ...more] = Object.entries(operand);
    const make = ANYTHING_BUT[operator];
    if (!make || more.length > 0) return refuse("Unsupported anything-but pattern");
    const tests = asList(inner).map(make);
    if (tests.length === 0) refuse("Empty arrays are not allowed");
    return (value) => isText(value) && !tests.some((test) => test(value));
  }
  const refused = asList(operand);
  if (refused.length === 0 || !refused.every((one) => isText(one) || typeof one === "number")) {
    refuse("Value of anything-but must be an array or single string/number value");
  }
  return (value) => !refused.includes(value);
};

const equalsIgnoreCase = (operand: unknown): Test => {
  const wanted = lower(textOf(operand, "equals-ignore-case"));
  return (value) => isText(value) && lower(value) === wanted;
};

const OPERATORS: Record<string, (operand: unknown) => Test> = {
  prefix: (operand) => affix("prefix", operand),
  suffix: (operand) => affix("suffix", operand),
  "equals-ignore-case": equalsIgnoreCase,
  wildcard: (operand) => wildcard(textOf(operand, "wildcard")),
  numeric,
  cidr,
  "anything-but": anythingBut,
};

const ANYTHING_BUT: Record<string, (operand: unknown) => Test> = {
  prefix: (operand) => affix("prefix", operand),
  suffix: (operand) => affix("suffix", operand),
  "equals-ignore-case": equalsIgnoreCase,
  wildcard: (operand) => wildcard(textOf(operand, "wildcard")),
};

/** One condition of a leaf's list: a value, or an object with one operator. */
const compileCondition = (condition: unknown): { exists?: boolean; test: Test } => {
  if (isLeafValue(condition)) return { test: (value) => value === condition };
  if (!isRecord(condition)) return refuse("Match value must be String, number, true, false, or null");
  const [[operator, operand] = ["", undefined], ...more] = Object.entries(condition);
  if (more.length > 0) refuse("Only one key allowed in match expression");
  if (operator === "exists") {
    if (typeof operand !== "boolean") return refuse("exists match pattern must be either true or false.");
    return { exists: operand, test: () => operand };
  }
  const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  return make ? { test: make(operand) } : refuse(`Unrecognized match type ${operator}`);
};

/** The leaves that a field holds: of a list, each; of an object or an empty list, none. */
const leavesOf = (value: unknown): unknown[] =>
  value === undefined
    ? []
    : asList(value).flatMap((one) => (Array.isArray(one) ? leavesOf(one) : isLeafValue(one) ? [one] : []));

const compileLeaf = (conditions: unknown[]): Test => {
  if (conditions.length === 0) refuse("Empty arrays are not allowed");
  const compiled = conditions.map(compileCondition);
  return (value) => {
    const leaves = leavesOf(value);
    if (leaves.length === 0) return compiled.some(({ exists }) => exists === false);
    return compiled.some(({ exists, test }) => exists !== false && leaves.some(test));
  };
};

const compileField = (pattern: unknown, field: string): Test => {
  if (Array.isArray(pattern)) return compileLeaf(pattern);
  if (!isRecord(pattern)) return refuse(`"${field}" must be an object or an array`);
  const inner = compileObject(pattern);
  // Of a list of objects, one must match as a whole.
  return (value) =>
    Array.isArray(value) && value.length > 0 ? value.some((one) => inner(one)) : inner(value);
};

const isOr = (alternatives: unknown): alternatives is Record<string, unknown>[] =>
  Array.isArray(alternatives) && alternatives.length >= 2 && alternatives.every(isRecord);

const compileObject = (pattern: Record<string, unknown>): Test => {
  const fields = Object.entries(pattern);
  if (fields.length === 0) refuse("Empty objects are not allowed");
  const tests = fields.map(([field, inner]): Test => {
    if (field === "$or" && isOr(inner)) {
      const alternatives = inner.map(compileObject);
      return (value) => alternatives.some((test) => test(value));
    }
    const test = compileField(inner, field);
    return (value) => test(isRecord(value) && Object.hasOwn(value, field) ? value[field] : undefined);
  });
  return (value) => tests.every((test) => test(value));
};

/** Throws PatternError for what is no pattern; the answer can be asked many times. */
export const compilePattern = (pattern: unknown): ((event: unknown) => boolean) =>
  isRecord(pattern) ? compileObject(pattern) : refuse("Filter is not an object");

const compiled = new WeakMap<object, (event: unknown) => boolean>();

/** Whether an event (with its whole envelope) matches an EventBridge pattern. */
export const matchesPattern = (pattern: Readonly<Record<string, unknown>>, event: unknown): boolean => {
  const test = compiled.get(pattern) ?? compilePattern(pattern);
  compiled.set(pattern, test);
  return test(event);
};
