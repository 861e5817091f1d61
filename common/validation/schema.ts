import type { Static, TSchema } from "typebox";
import { compileSchema } from "./compile.ts";
import { type CompiledCheck, type Validator, validatorFrom } from "./validator.ts";

/** A validator that still knows its schema: for the OpenAPI document and for compiling it at build time. */
export type SchemaValidator<T> = Validator<T> & { schema: TSchema; from: "body" | "query" };

/** The parameters of a query that are integers. */
export const integersOf = (schema: TSchema): string[] => {
  const { properties = {} } = schema as { properties?: Record<string, { type?: unknown }> };
  return Object.entries(properties).flatMap(([name, { type }]) => (type === "integer" ? [name] : []));
};

const make = <S extends TSchema>(schema: S, from: "body" | "query"): SchemaValidator<Static<S>> => {
  let compiled: CompiledCheck | undefined;
  const check: CompiledCheck = (value) => {
    compiled ??= compileSchema(schema, from);
    const passed = compiled(value);
    check.errors = compiled.errors ?? null;
    return passed;
  };
  const integers = from === "query" ? integersOf(schema) : [];
  return { ...validatorFrom<Static<S>>(check, integers), schema, from };
};

/**
 * A validator of JSON values. Files named `contract.ts` or `*.schema.ts` hold them, and nothing else
 * that runs: the build replaces these files by checks compiled ahead, so that neither TypeBox nor ajv
 * is in a bundle (they cost 20 to 60 ms of a cold start).
 */
export const validator = <S extends TSchema>(schema: S): SchemaValidator<Static<S>> => make(schema, "body");

/** A validator of query strings: digits become integers, texts booleans, absent values their defaults. */
export const queryValidator = <S extends TSchema>(schema: S): SchemaValidator<Static<S>> =>
  make(schema, "query");
