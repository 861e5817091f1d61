import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");

/** A JSON Schema, read and not checked. */
export type Schema = { [keyword: string]: unknown };

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
};

export type DocumentedAnswer = {
  headers?: Record<string, { required?: boolean }>;
  /** By media type. */
  content?: Record<string, { schema: Schema }>;
};

/** A route as the OpenAPI document has it, with everything that it refers to in place. */
export type Operation = {
  /** `GET /data/{id}` */
  route: string;
  method: string;
  path: string;
  isPublic: boolean;
  parameters: readonly Parameter[];
  body?: Schema;
  answers: Readonly<Record<string, DocumentedAnswer>>;
};

type RawOperation = {
  security: object[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, DocumentedAnswer>;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** The value with each `$ref` replaced by what it names. */
const resolveRefs = (value: unknown, document: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolveRefs(item, document));
  if (!isObject(value)) return value;
  if (typeof value.$ref === "string") {
    const target = value.$ref
      .slice("#/".length)
      .split("/")
      .reduce<unknown>((inside, name) => (isObject(inside) ? inside[name] : undefined), document);
    return resolveRefs(target, document);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, resolveRefs(inner, document)]),
  );
};

/** Every route of the document that the build wrote. */
export const loadOperations = (): Operation[] => {
  const document: unknown = JSON.parse(readFileSync(join(root, "dist/openapi.json"), "utf8"));
  const { paths } = resolveRefs(document, document) as {
    paths: Record<string, Record<string, RawOperation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([name, { security, parameters = [], requestBody, responses }]): Operation => {
        const method = name.toUpperCase();
        const body = requestBody?.content["application/json"]?.schema;
        return {
          route: `${method} ${path}`,
          method,
          path,
          isPublic: security.length === 0,
          parameters,
          ...(body ? { body } : {}),
          answers: responses,
        };
      },
    ),
  );
};

/** The codes that docs/errors.md explains. */
export const explainedCodes = (): ReadonlySet<string> => {
  const page = readFileSync(join(root, "docs/errors.md"), "utf8");
  return new Set([...page.matchAll(/^## (\S+)$/gm)].map(([, code = ""]) => code));
};
