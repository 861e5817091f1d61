import { describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { triggersOf } from "#common/manifest/manifest.ts";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";

const { ask } = await startFunctionOnFake("platform-openapi");

type Operation = { operationId: string; security: object[] };

const get = () => ask({ route: "GET /openapi.json", authorizer: null });

describe("GET /openapi.json", () => {
  it("is 200 with an OpenAPI 3.1 document that has every route of every manifest and no other", async () => {
    const routes = loadDeclarations("functions").manifests.flatMap((manifest) =>
      triggersOf(manifest, "http").map(({ route }) => route as string),
    );

    const { status, json } = await get();

    const documented = Object.entries(json.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(status).toBe(200);
    expect(json.openapi).toBe("3.1.0");
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });

  it("says which routes are public, and gives each operation an id of its own", async () => {
    const { json } = await get();

    const operations: Operation[] = Object.values(
      json.paths as Record<string, Record<string, Operation>>,
    ).flatMap((methods) => Object.values(methods));
    expect(json.paths["/health"].get.security).toEqual([]);
    expect(json.paths["/data"].post.security).toEqual([{ token: [] }]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it("says which routes take conditional headers, and which answers have an ETag", async () => {
    const { put, get: read, delete: erase } = (await get()).json.paths["/customers/{customerId}"];
    const headersOf = (operation: { parameters?: { in: string; name: string }[] }) =>
      operation.parameters?.filter((one) => one.in === "header").map(({ name }) => name);

    expect([put, read, erase].map(headersOf)).toEqual([
      ["If-Match", "If-None-Match"],
      [],
      ["If-Match", "If-None-Match"],
    ]);
    for (const answer of [put.responses[200], put.responses[201], read.responses[200]]) {
      expect(answer.headers).toHaveProperty("ETag");
    }
    expect(put.responses).toHaveProperty("412");
  });

  it("is the same the second time", async () => {
    expect((await get()).text).toBe((await get()).text);
  });
});
