import type { ErrorObject } from "ajv";
import { AppError } from "#common/errors/app-error.ts";
import { type Fault, toFaults } from "#common/errors/fault.ts";

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

/** A validator around a check that was compiled at build time or at start. */
export const validatorFrom = <T>(compiled: CompiledCheck): Validator<T> => {
  const faults = (value: unknown) => (compiled(value) ? [] : toFaults(compiled.errors ?? [], value));
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
