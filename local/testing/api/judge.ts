import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { type RestRoute, routeTable } from "../../gateway/routes.ts";
import { explainedCodes, type Operation, type Schema } from "./operations.ts";
import type { WireReply } from "./wire.ts";

const PROBLEM = "application/problem+json";
const NDJSON = "application/x-ndjson";

/** Of an answer to no route. */
const ROUTE_NOT_FOUND = "ROUTE_NOT_FOUND";

/**
 * The schema with every object closed, because an answer's field that is not documented is a fault too. What stands
 * under `allOf` stays open: its other branches have the fields.
 */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const { allOf, ...others } = schema as Schema;
  const inner = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, closed(value)]));
  const isOpen = "properties" in inner && !("additionalProperties" in inner);
  return { ...inner, ...(isOpen ? { additionalProperties: false } : {}), ...(allOf ? { allOf } : {}) };
};

const sentenceOf = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath || "/"} ${message} ${JSON.stringify(params)}`;

export const parse = (text: string): { json: unknown } | undefined => {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const textOf = (header: string | string[] | undefined): string => [header ?? ""].flat().join(", ");

/** Finds what is wrong with an answer: what the OpenAPI document and docs/errors.md do not say of it. */
export type Judge = {
  /** The route that the gateway finds for this method and path. */
  operationOf(method: string, path: string): Operation | undefined;
  faultsOf(request: { method: string; path: string }, reply: WireReply): string[];
};

export const makeJudge = (operations: readonly Operation[]): Judge => {
  const ajv = formats.default(new Ajv2020({ allErrors: true, strict: false }));
  const codes = explainedCodes();
  const byRoute = new Map(operations.map((operation) => [operation.route, operation]));
  const find = routeTable(
    operations.map(
      ({ method, path }): RestRoute => ({
        functionName: "",
        method,
        resource: path,
        resourceId: "",
        role: null,
      }),
    ),
  );
  const checks = new Map<Schema, ValidateFunction>();
  const checkOf = (schema: Schema): ValidateFunction => {
    const known = checks.get(schema) ?? ajv.compile(closed(schema) as Schema);
    checks.set(schema, known);
    return known;
  };

  const operationOf = (method: string, path: string): Operation | undefined => {
    const match = find(method, path.split("?", 1)[0] ?? "");
    return match && byRoute.get(`${method} ${match.route.resource}`);
  };

  const problemFaults = ({ status, headers, text }: WireReply, body: Record<string, unknown>): string[] => [
    ...(body.status === status ? [] : [`the problem says status ${body.status}`]),
    ...(codes.has(String(body.code)) ? [] : [`docs/errors.md does not explain ${body.code}`]),
    ...(body.requestId === headers["x-request-id"] ? [] : ["requestId is not that of x-request-id"]),
    ...(/\bat .*\.(ts|cjs|mjs|js):\d/.test(text) ? ["it shows a stack trace"] : []),
  ];

  const contentFaults = (
    reply: WireReply,
    content: Record<string, { schema: Schema }> | undefined,
  ): string[] => {
    const type = textOf(reply.headers["content-type"]).split(";", 1)[0] ?? "";
    if (content === undefined) return reply.text === "" ? [] : ["it has a body, and none is documented"];
    const documented = content[type];
    if (!documented) return [`its content type "${type}" is not documented`];
    if (type === NDJSON) return linesOf(reply.text).every(parse) ? [] : ["one of its lines is no JSON"];
    if (!type.endsWith("json")) return [];
    const parsed = parse(reply.text);
    if (!parsed) return ["its body is no JSON"];
    const check = checkOf(documented.schema);
    const faults = check(parsed.json) ? [] : (check.errors ?? []).map(sentenceOf);
    return type === PROBLEM ? [...faults, ...problemFaults(reply, Object(parsed.json))] : faults;
  };

  /** What is too large, malformed or from elsewhere is refused before routes are looked at; all else is no route. */
  const noRouteFaults = (method: string, { status, headers, text }: WireReply): string[] => {
    // An answer to HEAD has no body to say more.
    if (method === "HEAD") return [400, 403, 404, 431].includes(status) ? [] : ["it is no refusal"];
    const isProblem = headers["content-type"] === PROBLEM;
    const { code } = Object(parse(text)?.json) as { code?: string };
    const isRefused = status === 404 ? code === ROUTE_NOT_FOUND : [400, 403, 431].includes(status);
    return [
      ...(isRefused ? [] : ["it is not what the gateway answers to no route"]),
      ...(isProblem ? [] : ["it is no problem+json"]),
    ];
  };

  return {
    operationOf,
    faultsOf: ({ method, path }, reply) => {
      const { status, headers } = reply;
      const faults: string[] = [];
      if (!headers["x-request-id"]) faults.push("it has no x-request-id");
      const operation = operationOf(method, path);
      if (!operation) return [...faults, ...noRouteFaults(method, reply)];
      if (status >= 500) faults.push("it is an error of the server");
      const documented = operation.answers[status];
      if (!documented) return [...faults, "its status is not documented"];
      for (const [name, { required }] of Object.entries(documented.headers ?? {})) {
        if (required && !headers[name.toLowerCase()]) faults.push(`it has no header ${name}`);
      }
      return [...faults, ...contentFaults(reply, documented.content)];
    },
  };
};
