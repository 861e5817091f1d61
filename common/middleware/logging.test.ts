import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { ok } from "#common/http/answers.ts";
import { lambdaContext, sqsEvent } from "#common/testing/lambda-events.ts";
import { validator } from "#common/validation/schema.ts";
import { queueHandler } from "./queue.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();
const { call } = api;

describe("the line of a request", () => {
  it("is one, at level info, and wide", async () => {
    await call({ route: "GET /things" });

    expect(api.output.lines()).toEqual([
      expect.objectContaining({
        level: "info",
        message: "request answered",
        requestId: "11111111-2222-4333-8444-555555555555",
        route: "GET /things",
        status: 200,
        caller: "user-1",
        organizationId: "demo",
        durationMs: expect.any(Number),
      }),
    ]);
  });

  it("says its failure in place of its message", async () => {
    api.action = async () => {
      throw new AppError("DEPENDENCY_FAILED");
    };

    await call({ route: "GET /things" });

    expect(api.output.lines()).toEqual([
      expect.objectContaining({ level: "error", message: "request failed", code: "DEPENDENCY_FAILED" }),
    ]);
  });

  it("holds nothing of the invocation before", async () => {
    api.action = async () => {
      throw new AppError("NOT_FOUND", { internal: "first only" });
    };
    await call({ route: "GET /things", headers: { "x-transaction-id": "first" } });
    api.output.clear();

    api.action = async () => ok({});
    await call({ route: "GET /public", authorizer: null, requestId: "second" }, lambdaContext());

    expect(Object.keys(api.output.lines()[0] ?? {}).toSorted()).toEqual([
      "coldStart",
      "durationMs",
      "level",
      "message",
      "requestId",
      "route",
      "service",
      "status",
      "time",
      "transactionId",
    ]);
    expect(api.output.lines()[0]).toMatchObject({
      coldStart: false,
      requestId: "second",
      transactionId: "second",
    });
  });
});

describe("an invocation whose time is over", () => {
  it("ends with its line, and what its action notes later stands in no other's", async () => {
    let wake = () => {};
    const slept = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const handler = queueHandler({
      message: validator(Type.Object({ n: Type.Integer() })),
      deadQueueUrl: "dead",
      action: async ([first]) => {
        if (first?.body.n === 1) {
          await slept;
          return [{ messageId: "message-0", error: new AppError("DEPENDENCY_FAILED") }];
        }
        // The first invocation's action goes on, and comes to its end, while this one runs.
        wake();
        await new Promise(setImmediate);
        return [];
      },
    });

    // Middy gives up 5 ms before the end.
    await expect(handler(sqsEvent([{ n: 1 }]), lambdaContext({ remainingMs: 6 }))).rejects.toThrow();
    await handler(sqsEvent([{ n: 2 }]), lambdaContext({ awsRequestId: "second" }));
    await new Promise(setImmediate);

    expect(api.output.lines().map(({ message, level }) => [message, level])).toEqual([
      ["invocation failed", "error"],
      ["batch processed", "info"],
    ]);
    expect(api.output.lines()[1]).toMatchObject({ requestId: "second", failed: 0 });
    expect(api.output.lines()[1]).not.toHaveProperty("error");
  });
});
