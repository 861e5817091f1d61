import { AppError } from "#common/errors/app-error.ts";
import { type Fault, FaultList, step } from "#common/errors/fault.ts";
import { equalNameFaults } from "./equal-names.ts";

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Deeper than anybody's data, and far from where recursive readers of it run out of stack. */
export const DEPTH_MAX = 100;

/**
 * Whether there is no fault: the usual case, found without making a path for every value. Texts are looked at where
 * they stand, because most values are texts, and a call for each costs more than the look.
 */
const isClean = (value: unknown, depth: number): boolean => {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  if (depth === DEPTH_MAX) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const inner: unknown = value[index];
      if (typeof inner === "string" ? !inner.isWellFormed() : !isClean(inner, depth + 1)) return false;
    }
    return true;
  }
  // What JSON.parse makes inherits nothing that would be listed.
  for (const name in value) {
    if (name === "__proto__" || !name.isWellFormed()) return false;
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner === "string" ? !inner.isWellFormed() : !isClean(inner, depth + 1)) return false;
  }
  return true;
};

/**
 * What JSON allows and the platform does not keep (I-JSON, RFC 7493, and prudence): nesting beyond
 * `DEPTH_MAX`, lone surrogates, and fields named `__proto__`.
 */
export const jsonFaults = (root: unknown): Fault[] => {
  if (isClean(root, 0)) return [];
  const list = new FaultList();
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: "", depth: 0 }];
  for (let next = open.pop(); next && !list.full; next = open.pop()) {
    const { value, path, depth } = next;
    if (typeof value === "string") {
      if (!value.isWellFormed()) list.add({ path, message: "must not hold a lone surrogate" });
      continue;
    }
    if (typeof value !== "object" || value === null) continue;
    if (depth === DEPTH_MAX) {
      list.add({ path, message: `must not be nested deeper than ${DEPTH_MAX} levels` });
      continue;
    }
    for (const [name, inner] of Object.entries(value)) {
      const inside = path + step(name.toWellFormed());
      if (name === "__proto__") list.add({ path: inside, message: "must not be used as a field's name" });
      if (!name.isWellFormed())
        list.add({ path: inside, message: "must not have a lone surrogate in its name" });
      open.push({ value: inner, path: inside, depth: depth + 1 });
    }
  }
  return list.faults;
};

/**
 * A body's value and its faults, fields that stand twice among them; text that is no JSON throws `BODY_NOT_JSON`, with the faults
 * found `beside` the body (without the parser's message, which quotes the text).
 */
export const parseJson = (text: string, beside: Fault[] = []): { value: unknown; faults: Fault[] } => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const message = text.trim() === "" ? "must not be empty" : "must be valid JSON";
    throw new AppError("BODY_NOT_JSON", { errors: [{ path: "", message }, ...beside] });
  }
  const faults = jsonFaults(value);
  return { value, faults: faults.length > 0 ? faults : equalNameFaults(text, value) };
};
