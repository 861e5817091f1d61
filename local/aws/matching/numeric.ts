import { refuse } from "./pattern-error.ts";

const NUMBER_MAX = 5e9;
type Test = (value: number) => boolean;

const above: Readonly<Record<string, (bound: number) => Test>> = {
  ">": (bound) => (value) => value > bound,
  ">=": (bound) => (value) => value >= bound,
};
const below: Readonly<Record<string, (bound: number) => Test>> = {
  "<": (bound) => (value) => value < bound,
  "<=": (bound) => (value) => value <= bound,
};

/** The name that AWS's parser gives to the token that it found. */
const shown = (token: unknown): string => (token === undefined ? "]" : String(token));

const numberAfter = (operator: string, bound: unknown): number => {
  if (typeof bound !== "number")
    return refuse(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
  if (Math.abs(bound) > NUMBER_MAX) refuse("Value must be between -5.0E9 and 5.0E9, inclusive");
  return bound;
};

const parse = ([operator, bound, second, top, ...more]: readonly unknown[], length: number): Test => {
  if (typeof operator !== "string") return refuse(`Invalid member in numeric match: ${shown(operator)}`);
  const from = above[operator];
  if (!from) {
    const to = operator === "=" ? (equal: number) => (value: number) => value === equal : below[operator];
    if (!to) return refuse(`Unrecognized numeric range operator: ${operator}`);
    const test = to(numberAfter(operator, bound));
    return length > 2 ? refuse("Too many elements in numeric expression") : test;
  }
  const bottom = numberAfter(operator, bound);
  if (length === 2) return from(bottom);
  if (typeof second !== "string") return refuse(`Bad value in numeric range: ${shown(second)}`);
  const to = below[second];
  if (!to) return refuse(`Bad numeric range operator: ${second}`);
  const isBelow = to(numberAfter(second, top));
  if (more.length > 0) refuse("Too many terms in numeric range expression");
  if (bottom >= Number(top)) refuse("Bottom must be less than top");
  const isAbove = from(bottom);
  return (value) => isAbove(value) && isBelow(value);
};

/** Returns a test of numbers: one bound, or a lower and an upper bound in this order. */
export const numeric = (operand: unknown): Test => {
  const terms = Array.isArray(operand) ? operand : refuse("Value of numeric must be an array.");
  const test = parse(terms, terms.length);
  return (value) => Math.abs(value) <= NUMBER_MAX && test(value);
};
