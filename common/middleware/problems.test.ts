import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { callerContext, lambdaContext } from "#common/testing/lambda-events.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();

describe("an error of the http stack", () => {
  it("is problem+json with nothing of the inside", async () => {
    api.action = async () => {
      throw new Error("secret", { cause: new Error("deeper secret") });
    };

    const answer = await api.call({ route: "GET /things" });

    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json" });
    expect(answer.json).toEqual({
      type: "urn:millrace:problem:unexpected",
      title: "Internal Server Error",
      status: 500,
      detail: "Something went wrong; the request id finds it in the logs.",
      code: "UNEXPECTED",
      requestId: "11111111-2222-4333-8444-555555555555",
    });
    expect(api.output.lines()).toHaveLength(1);
    expect(api.output.lines().at(-1)).toMatchObject({
      level: "error",
      message: "request failed",
      status: 500,
      code: "UNEXPECTED",
      error: { message: "secret <- Error: deeper secret" },
    });
  });

  it("says to operators only what kept a caller out, at level info", async () => {
    const answer = await api.post({ authorizer: callerContext({ roles: "" }) });

    expect(api.output.lines()[0]).toMatchObject({
      level: "info",
      message: "request answered",
      code: "FORBIDDEN",
      internal: "needs data.write",
    });
    expect(answer.body).not.toContain("data.write");
  });

  it.each([
    ["POST /own", "body"],
    ["GET /things", "query"],
  ])("of the action of %s is in the %s unless it says otherwise", async (route, part) => {
    api.action = async () => {
      throw new AppError("INPUT_INVALID", {
        errors: [
          { path: "/a", message: "is bad" },
          { in: "path", path: "/b", message: "is worse" },
        ],
      });
    };

    expect((await api.call({ route, body: {} })).json.errors).toEqual([
      { in: part, path: "/a", message: "is bad" },
      { in: "path", path: "/b", message: "is worse" },
    ]);
  });

  it("leaves the invocation when its time is over, since there is none left to answer in", async () => {
    api.action = () => new Promise(() => {});

    await expect(api.call({ route: "GET /things" }, lambdaContext({ remainingMs: 6 }))).rejects.toThrow();

    expect(api.output.lines()).toMatchObject([{ level: "error", message: "invocation failed" }]);
  });
});
