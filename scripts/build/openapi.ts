import type { RouteContract } from "#common/http/contract.ts";
import type { PreconditionHeader } from "#common/http/preconditions.ts";
import type { SchemaValidator } from "#common/validation/schema.ts";
import type { Validator } from "#common/validation/validator.ts";
import type { FunctionRoute } from "./contracts.ts";

type Json = Record<string, unknown>;

const schemaOf = (validator: Validator<unknown>): Json =>
  JSON.parse(JSON.stringify((validator as SchemaValidator<unknown>).schema));

const operationId = (route: string): string =>
  route
    .replace(/[{}.]/g, "/")
    .split(/[ /]+/)
    .filter(Boolean)
    .map((word, index) => (index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));

const queryParameters = ({ query }: RouteContract): Json[] => {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query) as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name) && !(schema as Json).default,
    schema,
  }));
};

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  description: "The same key and body within 24 hours answer as the first time did, and do it once.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const PRECONDITIONS: Record<PreconditionHeader, Json> = {
  "If-Match": {
    name: "If-Match",
    in: "header",
    description:
      "`*`, or the `ETag`s of which one must be that of what stands there; else 412. Weak tags never match.",
    schema: { type: "string" },
  },
  "If-None-Match": {
    name: "If-None-Match",
    in: "header",
    description: "`*`: only if nothing stands there yet; else 412. Or `ETag`s of which none may be its.",
    schema: { type: "string" },
  },
};

const PROBLEM = {
  description: "The request was refused; `code` says why and `errors` names every fault.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const PROBLEM_SCHEMA = {
  type: "object",
  description: "RFC 9457 problem details.",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: {
          in: { type: "string", enum: ["body", "query", "path", "header"] },
          path: { type: "string", description: "A JSON pointer within that part." },
          message: { type: "string" },
        },
      },
    },
  },
};

const headersOf = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );

const answersOf = ({ contract }: FunctionRoute): Json => ({
  ...Object.fromEntries(
    Object.entries(contract.answers).map(
      ([status, { description, body, contentType = "application/json", headers = {} }]) => [
        status,
        {
          description,
          headers: {
            "x-request-id": {
              description: "Finds the request in logs and traces.",
              schema: { type: "string" },
            },
            "x-transaction-id": {
              description: "The one that was sent, if it is a valid id; else the request id.",
              schema: { type: "string" },
            },
            ...headersOf(headers),
          },
          ...(body ? { content: { [contentType]: { schema: schemaOf(body) } } } : {}),
        },
      ],
    ),
  ),
  "4XX": PROBLEM,
  "5XX": PROBLEM,
});

const operationOf = (entry: FunctionRoute, path: string): Json => {
  const { contract, role, functionName, route } = entry;
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(contract),
    ...(contract.idempotent ? [IDEMPOTENCY_KEY] : []),
    ...(contract.preconditions ?? []).map((header) => PRECONDITIONS[header]),
  ];
  return {
    operationId: operationId(route),
    summary: contract.summary,
    description: [contract.description, role === null ? "Public." : `Needs the role \`${role}\`.`]
      .filter(Boolean)
      .join(" "),
    tags: [functionName.split("-")[0]],
    security: role === null ? [] : [{ token: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(contract.body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(contract.body) } },
          },
        }
      : {}),
    responses: answersOf(entry),
  };
};

const eachPath = (
  routes: readonly FunctionRoute[],
  operation: (entry: FunctionRoute, path: string) => Json,
): Json => {
  const paths: Record<string, Json> = {};
  for (const entry of routes) {
    const [method = "", path = ""] = entry.route.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(entry, path) };
  }
  return paths;
};

/** The OpenAPI 3.1 document of all routes, from the manifests and the very schemas that validate. */
export const openapiDocument = (routes: readonly FunctionRoute[], version: string): Json => ({
  openapi: "3.1.0",
  info: {
    title: "Millrace",
    version,
    description: "An event platform for companies that serve members of many organizations.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
  paths: eachPath(routes, operationOf),
  components: {
    securitySchemes: {
      token: {
        type: "http",
        scheme: "bearer",
        bearerFormat: "JWT",
        description: "A token of the platform's issuer.",
      },
    },
    schemas: { Problem: PROBLEM_SCHEMA },
  },
});

/**
 * The body of the API Gateway REST API: OpenAPI 3.0.1, which is what it imports, and only what it
 * needs to route. Terraform adds the integrations, whose ARNs it knows.
 */
export const gatewayDocument = (routes: readonly FunctionRoute[], version: string): Json => ({
  openapi: "3.0.1",
  info: { title: "Millrace", version },
  paths: eachPath(routes, ({ route, functionName, role }, path) => ({
    operationId: operationId(route),
    ...(path.includes("{") ? { parameters: pathParameters(path) } : {}),
    responses: { default: { description: "What the function answers." } },
    "x-millrace-function": functionName,
    "x-millrace-public": role === null,
  })),
});
