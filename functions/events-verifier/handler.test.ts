import { describe, expect, it } from "vitest";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const verifier = await startFunction("events-verifier");
const sent = () => verifier.sent("events-audit");

const authorizer = callerContext({ roles: "events.read" });
const ask = async (request: RestRequest) => {
  const { status, json } = await verifier.ask({ authorizer, ...request });
  return { status, ...json };
};
const route = "GET /events/verifications/{id}";

describe("GET /events/verifications/{id}", () => {
  it("with an id that no verification has is no read", async () => {
    expect(await ask({ route, params: { id: "not an id" } })).toMatchObject({ status: 404 });

    expect(await sent()).toEqual([]);
  });

  it("is not recorded as a read: asking how far one's own job is shows no event", async () => {
    const id = "018f0000-0000-7000-8000-000000000001";

    expect(await ask({ route, params: { id } })).toMatchObject({ status: 404 });

    expect(await sent()).toEqual([]);
  });
});

describe("GET /events/verify", () => {
  it("is recorded as read, and answers the verdict", async () => {
    expect(await ask({ route: "GET /events/verify" })).toMatchObject({
      status: 200,
      valid: true,
      anchor: null,
    });

    expect(await sent()).toMatchObject([{ detail: { route: "GET /events/verify", filters: {} } }]);
  });
});
