import fc from "fast-check";
import type { Schema } from "#local/testing/api/operations.ts";

export type Random = () => number;

export const integerFrom = (random: Random, min: number, max: number): number =>
  min + Math.floor(random() * (max - min + 1));

export const oneOf = <T>(random: Random, choices: readonly T[]): T => {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error("there is nothing to choose from");
  return chosen;
};

const WORDS = [
  "account",
  "Zoë",
  "straße",
  "ẞ",
  "opened",
  "日本",
  "😀",
  "שלום",
  "a",
  "İstanbul",
  "e\u0301",
  "$x",
  "\\",
  '"',
];
const NUMBERS = [0, -0, 1, -1, 0.1, 1.5e-7, 2 ** 31, 2 ** 53 - 1, -1e21, 1e300];

const words = (random: Random): string =>
  Array.from({ length: integerFrom(random, 1, 6) }, () => oneOf(random, WORDS)).join(" ");

/** Any JSON value that the platform keeps. */
export const anyJson = (random: Random, depth = 0): unknown => {
  const kind = integerFrom(random, 0, depth > 4 ? 3 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return oneOf(random, NUMBERS);
  if (kind === 3) return words(random);
  const inner = Array.from({ length: integerFrom(random, 0, 4) }, () => anyJson(random, depth + 1));
  if (kind === 4) return inner;
  return Object.fromEntries(inner.map((value) => [`${words(random)}${integerFrom(random, 0, 9)}`, value]));
};

const anId = (random: Random): string => `${oneOf(random, ["c", "e:", "A.b_"])}${integerFrom(random, 0, 9)}`;

const aTime = (random: Random): string => {
  const time = new Date(Date.UTC(2020, 0, 1) + Math.floor(random() * 1e11)).toISOString();
  return oneOf(random, [
    time,
    time.replace("Z", "+02:00"),
    time.replace(/\.\d+Z/, "Z"),
    "0001-01-01T00:00:00Z",
  ]);
};

const aText = (
  random: Random,
  { minLength = 0, maxLength = 300 }: { minLength?: number; maxLength?: number },
): string => {
  if (random() < 0.1) return "x".repeat(maxLength);
  const text = random() < 0.1 ? "x".repeat(minLength) : words(random);
  // By code points, as the schema counts.
  return [...text].slice(0, maxLength).join("").padEnd(minLength, "x");
};

const textOf = (schema: Schema, random: Random): string => {
  const { format, pattern } = schema;
  if (format === "date-time") return aTime(random);
  if (format === "email") return `${anId(random)}@example.org`.replace(":", "");
  if (format === "day-or-time") return oneOf(random, ["2024-02-29", "2025-01-01", aTime(random)]);
  if (typeof pattern === "string") {
    const wanted = new RegExp(pattern, "u");
    const fitting = [anId(random), "a", "-", "account:7"].filter((text) => wanted.test(text));
    if (fitting.length > 0) return oneOf(random, fitting);
    const seed = integerFrom(random, 0, 2 ** 31);
    return fc.sample(fc.stringMatching(wanted), { seed, numRuns: 1 })[0] ?? "";
  }
  return aText(random, schema);
};

const isObject = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** A value that the schema takes; what only rules can say may still be wrong with it. */
export const valueFor = (schema: Schema, random: Random): unknown => {
  const { type, properties, required = [], items, minItems = 0, maxItems = 5 } = schema;
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return oneOf(random, schema.enum);
  if (isObject(schema.if)) return valueFor((random() < 0.3 ? schema.then : schema.else) as Schema, random);
  const branches = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (branches) return valueFor(oneOf(random, branches), random);
  if (type === "null") return null;
  if (type === "string") return textOf(schema, random);
  if (type === "boolean") return random() < 0.5;
  if (type === "integer" || type === "number") {
    const { minimum = 0, maximum = 1_000 } = schema as { minimum?: number; maximum?: number };
    return oneOf(random, [minimum, maximum, integerFrom(random, minimum, maximum)]);
  }
  if (type === "array") {
    const length = integerFrom(random, Number(minItems), Math.min(Number(maxItems), Number(minItems) + 5));
    return Array.from({ length }, () => valueFor(items as Schema, random));
  }
  if (isObject(properties)) {
    const given = Object.entries(properties).filter(
      ([name]) => (required as string[]).includes(name) || random() < 0.4,
    );
    return Object.fromEntries(given.map(([name, inner]) => [name, valueFor(inner as Schema, random)]));
  }
  if (type === "object") return { [anId(random)]: anyJson(random), more: anyJson(random) };
  return anyJson(random);
};
