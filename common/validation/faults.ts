import type { ErrorObject } from "ajv";

/** One thing wrong with an input: where (a JSON pointer, RFC 6901) and what was wanted. */
export type Fault = { path: string; message: string };

/** More faults than a person can use; the rest of a hopeless input is not described. */
const FAULTS_MAX = 1000;

const step = (name: string): string => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

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

const toFault = (error: ErrorObject, root: unknown): Fault => {
  const { instancePath: path, keyword, params } = error;
  if (keyword === "required") return { path: path + step(params.missingProperty), message: "is required" };
  if (keyword === "additionalProperties") {
    return { path: path + step(params.additionalProperty), message: "is not a known field" };
  }
  const came = describe(valueAt(root, path));
  if (keyword === "type")
    return { path, message: `must be ${[params.type].flat().join(" or ")}, got ${came}` };
  if (keyword === "enum") return { path, message: `must be one of ${params.allowedValues.join(", ")}` };
  if (keyword === "format") return { path, message: `must be a valid ${params.format}` };
  const sentence = LENGTHS[keyword]?.(params.limit) ?? error.message ?? "is not valid";
  return { path, message: `${sentence}, got ${came}` };
};

/** A validator's errors as faults, each once, in the order of the schema. */
export const toFaults = (errors: readonly ErrorObject[], root: unknown): Fault[] => {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    // The branch keywords only repeat what their branches said.
    if (["anyOf", "oneOf", "if"].includes(error.keyword) && errors.length > 1) continue;
    const fault = toFault(error, root);
    faults.set(`${fault.path} ${fault.message}`, fault);
    if (faults.size === FAULTS_MAX) break;
  }
  return [...faults.values()];
};
