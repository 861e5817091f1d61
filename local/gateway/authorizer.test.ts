import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import type { Invocation } from "../seams.ts";
import { allow, answered, failed, problem, token, useRestApi } from "./testing/rest-api.ts";

const setup = useRestApi();

describe("the authorizer", () => {
  it("is not asked without a header: 401", async () => {
    const { get, calls } = await setup({});

    const answer = await get("/data");

    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await problem(answer)).toEqual([401, "UNAUTHORIZED"]);
    expect(calls).toEqual([]);
  });

  it.each([
    [["Authorization", "Bearer good", "Authorization", "Bearer other"]],
    [["Authorization", "Bearer other", "authorization", "Bearer good"]],
    [["authorization", "Bearer good", "AUTHORIZATION", "Bearer good"]],
  ])("is not asked about two headers, though one of them is known: 401", async (headers) => {
    const { get, origin, calls } = await setup({ authorizer: (event) => allow(event) });
    expect((await get("/data", { headers: { authorization: "Bearer good" } })).status).toBe(200);
    const before = calls.length;

    const status = await new Promise((done, fail) => {
      httpRequest(`${origin}/data`, { headers: ["Host", "localhost", ...headers] }, (response) =>
        done(response.resume().statusCode),
      )
        .on("error", fail)
        .end();
    });

    expect(status).toBe(401);
    expect(calls).toHaveLength(before);
  });

  it("hides nothing of two headers from a public route: the last one, and all of them", async () => {
    const { origin, calls } = await setup({});
    const headers = ["Host", "localhost", "Authorization", "Bearer one", "Authorization", "Bearer two"];

    await new Promise((done, fail) => {
      httpRequest(`${origin}/health`, { headers }, (response) => done(response.resume()))
        .on("error", fail)
        .end();
    });

    expect(calls[0]?.event).toMatchObject({
      headers: { Authorization: "Bearer two" },
      multiValueHeaders: { Authorization: ["Bearer one", "Bearer two"] },
    });
  });

  it.each<[string, Invocation, number, string]>([
    ["throws Unauthorized", failed("Error", "Unauthorized"), 401, "UNAUTHORIZED"],
    ["fails otherwise", failed("Error", "boom"), 500, "AUTHORIZER_FAILURE"],
    ["answers no policy", answered({ principalId: "a" }), 500, "AUTHORIZER_FAILURE"],
    ["answers nothing", answered(null), 500, "AUTHORIZER_FAILURE"],
    [
      "answers a nested context",
      answered({ principalId: "a", policyDocument: { Statement: [] }, context: { a: {} } }),
      500,
      "AUTHORIZER_FAILURE",
    ],
    [
      "denies",
      answered({
        principalId: "a",
        policyDocument: { Statement: [{ Action: "execute-api:Invoke", Effect: "Deny", Resource: "*" }] },
      }),
      403,
      "FORBIDDEN",
    ],
    [
      "allows another route",
      answered({
        principalId: "a",
        policyDocument: {
          Statement: [
            { Action: "execute-api:Invoke", Effect: "Allow", Resource: "arn:aws:execute-api:*/GET/logs" },
          ],
        },
      }),
      403,
      "FORBIDDEN",
    ],
  ])("that %s", async (_, outcome, status, code) => {
    const { get, calls } = await setup({ authorizer: () => outcome });

    expect(await problem(await get("/data", token))).toEqual([status, code]);
    expect(calls.map(({ functionName }) => functionName)).toEqual(["authorizer"]);
  });

  it("is asked once for a token until its answer is a minute old, and its policy decides each route", async () => {
    let now = 1_000_000;
    const { get, calls } = await setup(
      {
        authorizer: () =>
          answered({
            principalId: "alice",
            policyDocument: {
              Statement: [
                { Action: "execute-api:Invoke", Effect: "Allow", Resource: "arn:*:local/local/GET/*" },
              ],
            },
          }),
      },
      { now: () => now },
    );
    const asked = () => calls.filter(({ functionName }) => functionName === "authorizer").length;
    const status = async (path: string, init: RequestInit) => (await get(path, init)).status;

    expect(await status("/data", token)).toBe(200);
    now += 59_999;
    expect(await status("/data/1", token)).toBe(200);
    expect(await status("/data", { ...token, method: "POST" })).toBe(403);
    expect(asked()).toBe(1);
    expect(await status("/data", { headers: { authorization: "Bearer other" } })).toBe(200);
    expect(asked()).toBe(2);
    now += 1;
    expect(await status("/data", token)).toBe(200);
    expect(asked()).toBe(3);
    // Set back, so that what is remembered would be good for an hour more.
    now -= 3_600_000;
    expect(await status("/data", token)).toBe(200);
    expect(asked()).toBe(4);
  });

  it("is asked once when many requests with a new token come together", async () => {
    const { get, calls } = await setup({ authorizer: (event) => allow(event) });

    await Promise.all([get("/data", token), get("/data", token), get("/data", token)]);

    expect(calls.filter(({ functionName }) => functionName === "authorizer")).toHaveLength(1);
  });
});
