import { describe, expect, it } from "vitest";
import { callerContext } from "#common/testing/lambda-events.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();
const { call, post } = api;

describe("who may call", () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  it.each([
    ["nobody", null],
    ["an empty context", {}],
    ["a caller whose token has run out this second", callerContext({ expiresAt: String(seconds()) })],
    ["a caller whose token ran out long ago", callerContext({ expiresAt: "1" })],
    ["a caller whose token never ends", callerContext({ expiresAt: "never" })],
    ["a caller without an expiry", callerContext({ expiresAt: undefined })],
    ["a caller without a name", callerContext({ userId: "" })],
  ])("%s is 401", async (_, authorizer) => {
    const answer = await call({ route: "GET /things", authorizer });

    expect(answer).toMatchObject({
      statusCode: 401,
      headers: { "www-authenticate": "Bearer" },
      json: { code: "TOKEN_EXPIRED" },
    });
  });

  it.each([
    ["without the role", "data.read", "POST /things"],
    ["without any role", "", "GET /things"],
    ["with a role of nearly the name", "data.writer data.writ DATA.WRITE", "POST /things"],
    ["that is no admin", "data.read data.write", "GET /admin"],
  ])("a caller %s is 403, though the gateway let it through", async (_, roles, route) => {
    const answer = await call({ route, authorizer: callerContext({ roles }), body: { name: "a" } });

    expect(answer).toMatchObject({ statusCode: 403, json: { code: "FORBIDDEN" } });
  });

  it.each([undefined, "", "Not An Id"])("a caller of the organization %j is 403", async (organizationId) => {
    const answer = await call({ route: "GET /things", authorizer: callerContext({ organizationId }) });

    expect(answer).toMatchObject({ statusCode: 403, json: { code: "FORBIDDEN" } });
  });

  it("an admin may all", async () => {
    const authorizer = callerContext({ roles: "admin" });

    expect((await call({ route: "GET /admin", authorizer })).statusCode).toBe(200);
    expect((await post({ authorizer })).statusCode).toBe(200);
  });

  it("every caller may call what is public", async () => {
    expect((await call({ route: "GET /public", authorizer: null })).statusCode).toBe(200);
  });

  it("a caller who is refused does not learn from the body's faults what the route takes", async () => {
    expect((await post({ authorizer: null, body: "{" })).statusCode).toBe(401);
  });
});
