import { AppError } from "#common/errors/app-error.ts";
import { type Fault, step } from "#common/errors/fault.ts";

/** Gives the member's value as it is used, or the sentence that says what is wrong with it. */
export type Reader<T> = (value: unknown) => { value: T } | { fault: string };

/** What came, by kind and, where it is a number, by value. */
const came = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : `a ${typeof value}`;
};

export const numberFrom =
  (minimum: number, maximum: number): Reader<number> =>
  (value) =>
    typeof value === "number" && value >= minimum && value <= maximum
      ? { value }
      : { fault: `must be a number from ${minimum} to ${maximum}, got ${came(value)}` };

/**
 * Reads an object that must have exactly one of these members and no other. Throws `INPUT_INVALID`, which names
 * every fault there is.
 */
export const readOneMember = <T>(body: unknown, readers: Readonly<Record<string, Reader<T>>>): T => {
  const names = Object.keys(readers);
  const faults: Fault[] = [];
  const read: T[] = [];
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("INPUT_INVALID", {
      errors: [{ path: "", message: `must be an object, got ${came(body)}` }],
    });
  }
  for (const [name, value] of Object.entries(body)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const result = reader === undefined ? { fault: "is not a known field" } : reader(value);
    if ("fault" in result) faults.push({ path: step(name), message: result.fault });
    else read.push(result.value);
  }
  const given = names.filter((name) => Object.hasOwn(body, name));
  if (given.length > 1) faults.push({ path: "", message: `must have only one of ${given.join(", ")}` });
  if (given.length === 0) {
    faults.push(
      names.length === 1
        ? { path: step(names[0] ?? ""), message: "is required" }
        : { path: "", message: `must have one of ${names.join(", ")}` },
    );
  }
  const [value] = read;
  if (faults.length > 0 || value === undefined) throw new AppError("INPUT_INVALID", { errors: faults });
  return value;
};
