import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import formats from "ajv-formats";
import type { TSchema } from "typebox";
import type { CompiledCheck } from "./validator.ts";

const makeAjv = (from: "body" | "query") => {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    discriminator: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
    ...(from === "query" ? { coerceTypes: "array" as const, useDefaults: true } : {}),
  });
  // ajv-formats is CommonJS and its default export is typed as a namespace under nodenext.
  (formats as unknown as (target: Ajv, names: string[]) => void)(ajv, [
    "date-time",
    "date",
    "email",
    "uri",
    "uuid",
  ]);
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
