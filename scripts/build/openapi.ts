import { BINARY_TYPES, JSON_TYPE } from "#common/http/body-types.ts";
import type { AnswerHeader, RouteAnswer, RouteContract } from "#common/http/contract.ts";
import type { PreconditionHeader } from "#common/http/preconditions.ts";
import { IDEMPOTENCY_KEY_PATTERN } from "#common/idempotency/idempotency.ts";
import type { SchemaValidator } from "#common/validation/schema.ts";
import type { Validator } from "#common/validation/validator.ts";
import type { FunctionRoute } from "./contracts.ts";
import {
  headersOf,
  PROBLEM_SCHEMA,
  problemContent,
  problemResponses,
  refusalsOf,
} from "./openapi-problems.ts";

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
  schema: { type: "string", pattern: IDEMPOTENCY_KEY_PATTERN },
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

const TRANSACTION_ID = {
  "x-transaction-id": {
    description: "The one that was sent, if it is a valid id; else the request id.",
    required: true,
    schema: { type: "string" },
  },
};

const headerOf = ([name, header]: [string, AnswerHeader]): [string, Json] => {
  const said = typeof header === "string" ? { description: header, required: true } : header;
  return [name, { ...said, schema: { type: "string" } }];
};

const answerOf = (status: number, answer: RouteAnswer): Json => {
  const { description, body, contentTypes = ["application/json"], headers = {} } = answer;
  const content = {
    ...(body ? Object.fromEntries(contentTypes.map((type) => [type, { schema: schemaOf(body) }])) : {}),
    ...(status >= 400 ? problemContent(status) : {}),
  };
  return {
    description,
    headers: {
      ...headersOf(status),
      // A refusal may be the gateway's own, which knows no transactions.
      ...(status >= 400 ? {} : TRANSACTION_ID),
      ...Object.fromEntries(Object.entries(headers).map(headerOf)),
    },
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
};

const answersOf = (entry: FunctionRoute, path: string): Json => ({
  ...refusalsOf({ path, isPublic: entry.role === null, contract: entry.contract }),
  ...Object.fromEntries(
    Object.entries(entry.contract.answers).map(([status, answer]) => [
      status,
      answerOf(Number(status), answer),
    ]),
  ),
});

const bodyContent = ({ bodyTypes = [JSON_TYPE] }: RouteContract, body: Validator<unknown>): Json =>
  Object.fromEntries(bodyTypes.map((type) => [type, { schema: schemaOf(body) }]));

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
            content: bodyContent(contract, contract.body),
          },
        }
      : {}),
    responses: answersOf(entry, path),
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
    responses: problemResponses(),
  },
});

/**
 * The body of the API Gateway REST API: OpenAPI 3.0.1, which is what it imports, and only what it
 * needs to route. Terraform adds the integrations, whose ARNs it knows.
 */
export const gatewayDocument = (routes: readonly FunctionRoute[], version: string): Json => ({
  openapi: "3.0.1",
  info: { title: "Millrace", version },
  "x-amazon-apigateway-binary-media-types": BINARY_TYPES,
  paths: eachPath(routes, ({ route, functionName, role }, path) => ({
    operationId: operationId(route),
    ...(path.includes("{") ? { parameters: pathParameters(path) } : {}),
    responses: { default: { description: "What the function answers." } },
    "x-millrace-function": functionName,
    "x-millrace-public": role === null,
  })),
});
