import { describe, expect, it } from "vitest";
import { noContent, ok, RawJson } from "#common/http/answers.ts";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();

describe("every answer of the http stack", () => {
  it.each<[string, RestRequest, number]>([
    ["a success", { route: "GET /things" }, 200],
    ["no content", { route: "DELETE /things/{id}", params: { id: "gone" } }, 204],
    ["a refusal", { route: "GET /things", authorizer: null }, 401],
    ["an unknown route", { route: "GET /nothing" }, 404],
    ["a failure", { route: "GET /admin", authorizer: callerContext({ roles: "admin" }) }, 500],
  ])("carries the ids of the request and is not to be cached: %s", async (_, request, status) => {
    api.action = async ({ params }) => {
      if (status === 500) throw new Error("oh");
      return "id" in params ? noContent() : ok({});
    };

    const answer = await api.call({ ...request, headers: { "X-Transaction-Id": "tx-1" } });

    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({
      "x-request-id": "11111111-2222-4333-8444-555555555555",
      "x-transaction-id": "tx-1",
      "cache-control": "no-store",
    });
  });

  it("is JSON as the action gave it, raw JSON untouched, and nothing at all with 204", async () => {
    api.action = async () => ok({ a: 1 });
    expect(await api.call({ route: "GET /things" })).toMatchObject({
      body: '{"a":1}',
      headers: { "content-type": "application/json" },
    });

    api.action = async () => ok(new RawJson('{"a": 1.0}'));
    expect((await api.call({ route: "GET /things" })).body).toBe('{"a": 1.0}');

    api.action = async () => noContent();
    const empty = await api.call({ route: "GET /things" });
    expect(empty.body).toBe("");
    expect(empty.headers).not.toHaveProperty("content-type");
  });

  it("is a 500 with a request id when what the action answered is no JSON", async () => {
    api.action = async () => ok({ big: 1n });

    expect(await api.call({ route: "GET /things" })).toMatchObject({
      statusCode: 500,
      json: { code: "UNEXPECTED" },
    });
    expect(api.output.lines()).toHaveLength(1);
  });
});
