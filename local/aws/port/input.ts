import { InputError } from "./errors.ts";

/** A parsed request. Its fields are unchecked until one of the readers below has read them. */
export type Input = Readonly<Record<string, unknown>>;
export type Output = Record<string, unknown>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const missing = (name: string) =>
  new InputError(name, true, `The request must contain the parameter ${name}.`);
const wrong = (name: string, wanted: string) =>
  new InputError(name, false, `Value for parameter ${name} is invalid. Reason: Must be ${wanted}.`);

export const optionalText = (input: Input, name: string): string | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  // The query protocol and some SDKs send numbers and booleans as text, and the other way round.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrong(name, "a string");
};

export const text = (input: Input, name: string): string => {
  const value = optionalText(input, name);
  if (value === undefined || value === "") throw missing(name);
  return value;
};

export const optionalInteger = (
  input: Input,
  name: string,
  range: { min: number; max: number },
): number | undefined => {
  const value = optionalText(input, name);
  if (value === undefined || value === "") return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < range.min || number > range.max) {
    throw new InputError(
      name,
      false,
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${range.min} and ${range.max}, if provided.`,
    );
  }
  return number;
};

export const integer = (input: Input, name: string, range: { min: number; max: number }): number => {
  const value = optionalInteger(input, name, range);
  if (value === undefined) throw missing(name);
  return value;
};

export const optionalFlag = (input: Input, name: string): boolean => {
  const value = input[name];
  return value === true || value === "true";
};

const list = (input: Input, name: string): unknown[] => {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(name, "a list");
  return value;
};

export const texts = (input: Input, name: string): string[] =>
  list(input, name).map((entry) => {
    if (typeof entry !== "string") throw wrong(name, "a list of strings");
    return entry;
  });

export const records = (input: Input, name: string): Record<string, unknown>[] =>
  list(input, name).map((entry) => {
    if (!isRecord(entry)) throw wrong(name, "a list of structures");
    return entry;
  });

export const record = (input: Input, name: string): Record<string, unknown> => {
  const value = input[name];
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw wrong(name, "a structure");
  return value;
};

export const textMap = (input: Input, name: string): Record<string, string> => {
  const map = record(input, name);
  return Object.fromEntries(Object.keys(map).map((key) => [key, optionalText(map, key) ?? ""]));
};
