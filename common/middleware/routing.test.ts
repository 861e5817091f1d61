import { describe, expect, expectTypeOf, it } from "vitest";
import { ok } from "#common/http/answers.ts";
import type { HttpRequest, Params } from "#common/http/request.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();

describe("the ids of a request", () => {
  const REQUEST_ID = "11111111-2222-4333-8444-555555555555";
  const sent = async (id: string | undefined) => {
    const headers = id === undefined ? {} : { "X-Transaction-Id": id };
    let seen: string | undefined;
    api.action = async ({ transactionId }) => {
      seen = transactionId;
      return ok({});
    };
    const answer = await api.call({ route: "GET /things", headers });
    return [answer.headers?.["x-transaction-id"], seen, api.output.lines()[0]?.transactionId];
  };

  it.each(["abc", "A.b_c:d-1", "x".repeat(100)])(
    "take the transaction id %s from outside, for answer, action and line",
    async (id) => {
      expect(await sent(id)).toEqual([id, id, id]);
    },
  );

  it.each([undefined, "", "-a", "a b", "x".repeat(101), "a\n"])(
    "replace the transaction id %j by the request's",
    async (id) => {
      expect(await sent(id)).toEqual([REQUEST_ID, REQUEST_ID, REQUEST_ID]);
    },
  );
});

describe("the request that an action gets", () => {
  it("has its route, and the parameters that the route's text names", async () => {
    let request: HttpRequest | undefined;
    api.action = async (got) => {
      request = got;
      return ok({});
    };

    await api.call({
      route: "GET /things/{id}/parts/{part}",
      params: { id: "a", part: "b", more: "c" },
    });

    expect(request).toMatchObject({ route: "GET /things/{id}/parts/{part}", rawBody: "" });
    expect(request?.params).toEqual({ id: "a", part: "b" });
  });

  it("has parameters of these names only", () => {
    expectTypeOf<Params<"GET /things/{id}/parts/{part}">>().toEqualTypeOf<{ id: string; part: string }>();
    expectTypeOf<keyof Params<"GET /things">>().toEqualTypeOf<never>();
  });
});
