import type { ErrorObject } from "ajv";

/** The part of a request that a fault is in; its path is a JSON pointer within that part. */
export type Part = "body" | "query" | "path" | "header";

/** One thing wrong with an input: where (a JSON pointer, RFC 6901) and what was wanted. */
export type Fault = { in?: Part; path: string; message: string };

/** These faults, said to be in this part of the request. */
export const faultsIn = (part: Part, faults: readonly Fault[]): Fault[] =>
  faults.map((fault) => ({ in: part, ...fault }));

/** More faults than a person can use; the rest of a hopeless input is not described. */
const FAULTS_MAX = 1_000;

/** An answer may have 6 MB, and one long field name can stand in the path of every fault below it. */
const CHARACTERS_MAX = 100_000;

/** Collects faults, each once, until there are more than an answer should hold; the first always fits. */
export class FaultList {
  readonly #faults = new Map<string, Fault>();
  #characters = 0;

  get full(): boolean {
    return this.#faults.size >= FAULTS_MAX || this.#characters >= CHARACTERS_MAX;
  }

  add(...faults: readonly Fault[]): this {
    for (const fault of faults) {
      const characters = fault.path.length + fault.message.length;
      if (this.full || (this.#faults.size > 0 && this.#characters + characters > CHARACTERS_MAX)) continue;
      const key = `${fault.in} ${fault.path} ${fault.message}`;
      if (!this.#faults.has(key)) this.#characters += characters;
      this.#faults.set(key, fault);
    }
    return this;
  }

  get faults(): Fault[] {
    return [...this.#faults.values()];
  }
}

/** One more step of a JSON pointer. */
export const step = (name: string): string => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

const valueAt = (root: unknown, pointer: string): unknown => {
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return value;
};

/** What came, said without repeating what may be private: numbers as they are, all else by kind and size. */
const describe = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value === "" ? "an empty string" : `a string of ${[...value].length}`;
  return typeof value === "object" ? `an object of ${Object.keys(value).length} fields` : typeof value;
};

const LENGTHS: Record<string, (limit: number) => string> = {
  minLength: (limit) => `must have at least ${limit} characters`,
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => `must have at least ${limit} items`,
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => `must have at least ${limit} fields`,
  maxProperties: (limit) => `must have at most ${limit} fields`,
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
};

/** Formats that are easier shown than named. */
const FORMATS: Record<string, string> = {
  "date-time": "must be a valid date-time, for example 2025-01-31T12:00:00Z",
  "day-or-time": "must be a day or a time, for example 2025-01-31 or 2025-01-31T12:00:00Z",
};

const toFault = (error: ErrorObject, root: unknown): Fault => {
  const { keyword, params, propertyName } = error;
  if (propertyName !== undefined) {
    return { path: error.instancePath + step(propertyName), message: error.message ?? "is not a valid name" };
  }
  const { instancePath: path } = error;
  if (keyword === "required") return { path: path + step(params.missingProperty), message: "is required" };
  if (keyword === "additionalProperties") {
    return { path: path + step(params.additionalProperty), message: "is not a known field" };
  }
  if (keyword === "discriminator") {
    return {
      path: path + step(params.tag),
      message: `is none of the known values, got ${JSON.stringify(params.tagValue)}`,
    };
  }
  const came = describe(valueAt(root, path));
  if (keyword === "type")
    return { path, message: `must be ${[params.type].flat().join(" or ")}, got ${came}` };
  if (keyword === "const") return { path, message: `must be ${JSON.stringify(params.allowedValue)}` };
  if (keyword === "enum") return { path, message: `must be one of ${params.allowedValues.join(", ")}` };
  if (keyword === "format") {
    return { path, message: FORMATS[params.format] ?? `must be a valid ${params.format}` };
  }
  const sentence = LENGTHS[keyword]?.(params.limit) ?? error.message ?? "is not valid";
  return { path, message: `${sentence}, got ${came}` };
};

/** A validator's errors as faults, each once, in the order of the schema. */
export const toFaults = (errors: readonly ErrorObject[], root: unknown): Fault[] => {
  const list = new FaultList();
  for (const error of errors) {
    // These only repeat what their branches said.
    if (["anyOf", "oneOf", "if", "propertyNames"].includes(error.keyword) && errors.length > 1) continue;
    list.add(toFault(error, root));
    if (list.full) break;
  }
  return list.faults;
};
