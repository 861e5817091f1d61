import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callerContext, lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { useFunctionPort } from "#local/testing/function-port.ts";

const port = useFunctionPort("events-exporter");
let handler: typeof import("./handler.ts").handler;

beforeAll(async () => {
  ({ handler } = await import("./handler.ts"));
});
beforeEach(() => {
  captureOutput();
});

const authorizer = callerContext({ roles: "events.read" });
const ask = async (request: RestRequest) => {
  const result = await handler(restEvent({ authorizer, ...request }), lambdaContext());
  return { status: result.statusCode, ...JSON.parse(result.body) };
};

describe("what is refused", () => {
  it("is no read: an id that no export has, a filter that cannot be", async () => {
    await port.sent();

    const route = "GET /events/exports/{id}";
    expect(await ask({ route, params: { id: "x".repeat(2_000) } })).toMatchObject({ status: 404 });
    expect(await ask({ route: "GET /events/export", query: { from: "2025-02-29T00:00:00Z" } })).toMatchObject(
      { status: 400, errors: [{ in: "query", path: "/from" }] },
    );

    expect(await port.sent()).toEqual([]);
  });
});

describe("GET /events/exports/{id}", () => {
  it("is not recorded as a read: asking how far one's own job is shows no event", async () => {
    await port.sent();
    const id = "018f0000-0000-7000-8000-000000000001";

    expect(await ask({ route: "GET /events/exports/{id}", params: { id } })).toMatchObject({ status: 404 });

    expect(await port.sent()).toEqual([]);
  });
});
