import type { ErrorObject } from "ajv";
import { AppError } from "#common/errors/app-error.ts";
import { type Fault, step, toFaults } from "#common/errors/fault.ts";

/** A compiled JSON Schema check, as ajv makes it: answers yes or no and leaves its errors on itself. */
export type CompiledCheck = { (value: unknown): boolean; errors?: ErrorObject[] | null };

/** Checks values against one schema. Its type is what a value that passed is known to be. */
export type Validator<T> = {
  /** Every fault of the value; none means that it passed. Query schemas also coerce and fill defaults in place. */
  faults(value: unknown): Fault[];
  /** The value, typed; throws `INPUT_INVALID` with every fault. */
  parse(value: unknown): T;
  /** The value, typed, or what is wrong with it. */
  check(value: unknown): { ok: true; value: T } | { ok: false; faults: Fault[] };
};

/** As many digits as a number holds without losing one. */
const DIGITS = /^[0-9]{1,15}$/;

/** JavaScript reads ` 5`, `+5`, `1e1`, `5.0` and `Infinity` as numbers too; a query's integer is digits. */
const digitFaults = (query: unknown, integers: readonly string[]): Fault[] =>
  integers.flatMap((name) => {
    const value = (query as Record<string, unknown> | null)?.[name];
    return typeof value === "string" && !DIGITS.test(value)
      ? [{ path: step(name), message: "must be an integer of at most 15 digits, and nothing but digits" }]
      : [];
  });

/**
 * A validator around a check that was compiled at build time or at start. `integers` are the parameters of a
 * query that are integers: the check, which turns texts into numbers, would take more than digits.
 */
export const validatorFrom = <T>(compiled: CompiledCheck, integers: readonly string[] = []): Validator<T> => {
  const faults = (value: unknown): Fault[] => {
    const notDigits = digitFaults(value, integers);
    if (compiled(value) && notDigits.length === 0) return [];
    const found = toFaults(compiled.errors ?? [], value);
    // What is no integer has one fault, not also those of the number that it looks like.
    return [...notDigits, ...found.filter(({ path }) => !notDigits.some((other) => other.path === path))];
  };
  return {
    faults,
    check: (value) => {
      const found = faults(value);
      return found.length === 0 ? { ok: true, value: value as T } : { ok: false, faults: found };
    },
    parse: (value) => {
      const found = faults(value);
      if (found.length > 0) throw new AppError("INPUT_INVALID", { errors: found });
      return value as T;
    },
  };
};
