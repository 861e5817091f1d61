import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";
import { sqlText } from "./lake-engine.ts";
import type { NamedParameter, NamedQuery } from "./named-queries.ts";

/** A literal of SQL has at most 1,024 characters, its quotes among them. */
const TEXT_MAX = 500;

const literalOf = ({ type }: NamedParameter, value: unknown): string | undefined => {
  if (type === "integer") return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === "string" && value.length > 0 && value.length <= TEXT_MAX && value.isWellFormed()
    ? sqlText(value)
    : undefined;
};

const WANTED = { integer: "must be an integer", text: `must be a text of 1 to ${TEXT_MAX} characters` };

/** The literals for a named query's `?`; throws `INPUT_INVALID` that names every fault. */
export const namedValues = (
  { parameters, values }: Pick<NamedQuery, "parameters" | "values">,
  given: Readonly<Record<string, unknown>>,
): string[] => {
  const errors: Fault[] = [];
  const fault = (name: string, message: string): void => {
    errors.push({ in: "body", path: `/parameters/${name}`, message });
  };
  const literals = new Map<string, string>();
  for (const parameter of parameters) {
    const { name, required, type } = parameter;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (required) fault(name, "is required");
      literals.set(name, "NULL");
      continue;
    }
    const literal = literalOf(parameter, value);
    if (literal === undefined) fault(name, WANTED[type]);
    else literals.set(name, literal);
  }
  for (const name of Object.keys(given)) {
    if (!parameters.some((parameter) => parameter.name === name)) fault(name, "is not a known parameter");
  }
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  return values.map((name) => literals.get(name) ?? "NULL");
};
