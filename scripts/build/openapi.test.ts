import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ERRORS } from "#common/errors/catalogue.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import gatewayResponses from "#functions/gateway-responses.json" with { type: "json" };
import { loadRoutes } from "./contracts.ts";
import { openapiDocument } from "./openapi.ts";

type Content = Record<string, { schema: unknown }>;
type Response = { $ref?: string; content?: Content; headers?: Record<string, unknown> };
type Operation = { security: object[]; parameters?: { in: string }[]; responses: Record<string, Response> };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response> };
};

let document: Document;
beforeAll(async () => {
  const routes = await loadRoutes(loadDeclarations(resolve("functions")));
  document = openapiDocument(routes, "0.1.0") as unknown as Document;
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
      path,
    })),
  );

/** An answer with what it refers to. */
const resolved = ({ $ref, ...own }: Response): Response =>
  $ref === undefined ? own : (document.components.responses[$ref.split("/").at(-1) ?? ""] ?? {});

/**
 * The gateway answers these to no route: 404 is for a path and method that are none, and 415 is for integrations
 * that map content types, where all of ours take any.
 */
const OF_NO_ROUTE = [404, 415];

describe("the refusals in the OpenAPI document", () => {
  it("are, for each route, all that the gateway answers by itself", () => {
    const statuses = new Set(Object.values(gatewayResponses).map(({ status }) => status));

    for (const { route, operation } of operations()) {
      const documented = Object.keys(operation.responses).map(Number);
      const wanted = [...statuses, 431].filter(
        (status) => !OF_NO_ROUTE.includes(status) && (status !== 401 || operation.security.length > 0),
      );
      expect(
        wanted.filter((status) => !documented.includes(status)),
        route,
      ).toEqual([]);
    }
  });

  it("name single statuses, each a problem with the codes of that status and a request id", () => {
    const codes = [
      ...Object.entries(ERRORS).map(([code, { status }]) => ({ code, status })),
      ...Object.values(gatewayResponses),
    ];
    for (const { route, operation } of operations()) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        const { content = {}, headers } = resolved(response);
        const schema = JSON.stringify(content["application/problem+json"]?.schema);
        expect(status, route).toMatch(/^[45]\d\d$/);
        expect(headers, `${route} ${status}`).toHaveProperty("x-request-id");
        expect(schema, `${route} ${status}`).toContain(`"const":${status}`);
        for (const { code } of codes.filter((known) => String(known.status) === status)) {
          if (!code.startsWith("MESSAGE_")) expect(schema).toContain(`"${code}"`);
        }
      }
    }
  });

  it("are of routes that can have them: 404 of those with a parameter, 409 and 422 of those with a key", () => {
    const having = (status: string) =>
      operations().flatMap(({ route, operation }) => (operation.responses[status] ? [route] : []));

    expect(having("404")).toEqual(
      operations().flatMap(({ route, path }) => (path.includes("{") ? [route] : [])),
    );
    expect(having("422")).toEqual([
      "POST /changes/replays",
      "POST /data",
      "POST /events",
      "POST /imports",
      "POST /logs",
      "POST /logs/queries",
      "POST /cleansings",
    ]);
    expect(having("409")).toEqual(expect.arrayContaining(["POST /data", "POST /events"]));
    expect(having("401")).not.toContain("GET /health");
  });
});

describe("the answers in the OpenAPI document", () => {
  it("that are a job under way name where to ask for it and when", () => {
    const jobs = operations().flatMap(({ route, operation: { responses } }) =>
      JSON.stringify(responses["202"]?.content ?? "").includes('"running"')
        ? [{ route, headers: responses["202"]?.headers }]
        : [],
    );

    expect(jobs.map(({ route }) => route)).toEqual([
      "GET /events/export",
      "GET /events/verify",
      "DELETE /imports/{id}",
      "POST /logs/queries",
      "POST /cleansings",
    ]);
    for (const { route, headers } of jobs) {
      expect(headers, route).toMatchObject({
        Location: { required: true },
        "Retry-After": { required: true },
      });
    }
  });
});
