import { describe, expect, it } from "vitest";
import { bearerToken } from "./bearer.ts";

const tokenIn = (value: string) => bearerToken({ headers: { Authorization: value } });

describe("the token of a request", () => {
  it.each(["Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc"])("is read from %j", (value) => {
    expect(tokenIn(value)).toEqual({ token: "abc" });
  });

  it.each([
    "",
    "abc",
    "Bearer",
    "Bearer ",
    "Bearerabc",
    "Basic abc",
    "Bearer abc def",
    "Bearer a, Bearer b",
    "Bearer a,b",
    " Bearer abc",
    "Bearer abc\n",
  ])("is not read from %j", (value) => expect(tokenIn(value)).toBe("malformed"));

  it("is missing without the header", () => {
    expect(bearerToken({})).toBe("missing");
    expect(bearerToken({ headers: null, multiValueHeaders: null })).toBe("missing");
    expect(bearerToken({ headers: { "X-Authorization": "Bearer abc" } })).toBe("missing");
  });

  it("is read from the header in any case, and from either form of the event", () => {
    expect(bearerToken({ headers: { authorization: "Bearer abc" } })).toEqual({ token: "abc" });
    expect(bearerToken({ multiValueHeaders: { AUTHORIZATION: ["Bearer abc"] } })).toEqual({ token: "abc" });
    expect(
      bearerToken({
        headers: { Authorization: "Bearer abc" },
        multiValueHeaders: { Authorization: ["Bearer abc"] },
      }),
    ).toEqual({ token: "abc" });
  });

  it("is refused when there are two, even if they are the same", () => {
    const multiValueHeaders = { Authorization: ["Bearer abc", "Bearer abc"] };

    expect(bearerToken({ headers: { Authorization: "Bearer abc" }, multiValueHeaders })).toBe("malformed");
    expect(
      bearerToken({ multiValueHeaders: { Authorization: ["Bearer a"], authorization: ["Bearer a"] } }),
    ).toBe("malformed");
    expect(bearerToken({ headers: { Authorization: "Bearer a", authorization: "Bearer a" } })).toBe(
      "malformed",
    );
    expect(
      bearerToken({
        headers: { Authorization: "Bearer a", authorization: "Bearer b" },
        multiValueHeaders: { Authorization: ["Bearer a"] },
      }),
    ).toBe("malformed");
  });
});
