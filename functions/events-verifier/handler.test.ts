import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callerContext, lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { useFunctionPort } from "#local/testing/function-port.ts";

const port = useFunctionPort("events-verifier");
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
const route = "GET /events/verifications/{id}";

describe("GET /events/verifications/{id}", () => {
  it("with an id that no verification has is no read", async () => {
    await port.sent();

    expect(await ask({ route, params: { id: "not an id" } })).toMatchObject({ status: 404 });

    expect(await port.sent()).toEqual([]);
  });

  it("is not recorded as a read: asking how far one's own job is shows no event", async () => {
    await port.sent();
    const id = "018f0000-0000-7000-8000-000000000001";

    expect(await ask({ route, params: { id } })).toMatchObject({ status: 404 });

    expect(await port.sent()).toEqual([]);
  });
});

describe("GET /events/verify", () => {
  it("is recorded as read, and answers the verdict", async () => {
    await port.sent();

    expect(await ask({ route: "GET /events/verify" })).toMatchObject({
      status: 200,
      valid: true,
      anchor: null,
    });

    expect(await port.sent()).toMatchObject([{ detail: { route: "GET /events/verify", filters: {} } }]);
  });
});
