import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { TSchema } from "typebox";
import type { CompiledCheck } from "./validator.ts";

/**
 * RFC 3339. A pattern and not ajv-formats' function, because ajv writes patterns into the compiled check
 * and would bring its whole library for a function (3 KB of each zip). It takes the 29th of February of
 * any year: code that reads the date as a time must check that (`instantOf`).
 */
const DAY =
  "\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|[12]\\d))";
const TIME =
  "(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";

const libraryPattern = (name: "email" | "uuid"): RegExp => {
  const format = fullFormats[name];
  if (format instanceof RegExp) return format;
  throw new Error(`the format ${name} is no pattern any more`);
};

const FORMATS: Record<string, RegExp> = {
  date: new RegExp(`^${DAY}$`),
  "date-time": new RegExp(`^${DAY}T${TIME}$`),
  email: libraryPattern("email"),
  uuid: libraryPattern("uuid"),
};

const makeAjv = (from: "body" | "query") => {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    discriminator: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
    ...(from === "query" ? { coerceTypes: "array" as const, useDefaults: true } : {}),
  });
  for (const [name, pattern] of Object.entries(FORMATS)) ajv.addFormat(name, pattern);
  if (from === "query") {
    // An offset's plus sign arrives as a space unless it was escaped; nothing else can have been meant.
    const time = TIME.replace("[+-]", "[ +-]");
    ajv.addFormat("date-time", new RegExp(`^${DAY}T${time}$`));
    ajv.addFormat("day-or-time", new RegExp(`^${DAY}(?:T${time})?$`));
  }
  return ajv;
};

/** TypeBox marks its schemas with symbols and hidden fields; ajv wants plain JSON Schema. */
const plain = (schema: TSchema): object => JSON.parse(JSON.stringify(schema));

export const compileSchema = (schema: TSchema, from: "body" | "query"): CompiledCheck =>
  makeAjv(from).compile(plain(schema));

/** JavaScript source (an ES module) whose default export is the compiled check. */
export const checkSource = (schema: TSchema, from: "body" | "query"): string => {
  const ajv = makeAjv(from);
  return (standaloneCode as unknown as (ajv: Ajv, check: unknown) => string)(ajv, ajv.compile(plain(schema)));
};
