import { describe, expect, it, vi } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { accepted, ok } from "#common/http/answers.ts";
import type { HttpRequest } from "#common/http/request.ts";
import { callerContext, lambdaContext } from "#common/testing/lambda-events.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();
const { call, post } = api;

describe("an Idempotency-Key", () => {
  const made = async ({ attempt }: HttpRequest) => accepted({ id: attempt.id });

  it("answers the same id again, under a new request id", async () => {
    api.action = made;
    const headers = { "idempotency-KEY": "key-1" };

    const first = await post({ headers, requestId: "request-1" });
    const again = await post({ headers, requestId: "request-2" });

    expect(again.json).toEqual(first.json);
    expect(again.headers).toMatchObject({ "x-request-id": "request-2" });
    expect(api.output.lines().at(-1)).toMatchObject({ repeated: true, requestId: "request-2" });
  });

  it("is another one for another user, organization and body", async () => {
    api.action = made;
    const headers = { "Idempotency-Key": "key-2" };
    const first = await post({ headers });

    const other = await post({ headers, authorizer: callerContext({ userId: "user-2" }) });
    const elsewhere = await post({ headers, authorizer: callerContext({ organizationId: "other" }) });

    expect(new Set([first, other, elsewhere].map(({ json }) => json.id)).size).toBe(3);
    expect(await post({ headers, body: { name: "b" } })).toMatchObject({
      statusCode: 422,
      json: { code: "IDEMPOTENCY_MISMATCH" },
    });
  });

  it("is 409 with Retry-After while the first request runs", async () => {
    const headers = { "Idempotency-Key": "key-3" };
    api.action = async () => {
      const answer = await post({ headers });
      expect(answer).toMatchObject({ statusCode: 409, json: { code: "IDEMPOTENCY_IN_PROGRESS" } });
      expect(Number(answer.headers?.["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(Number(answer.headers?.["retry-after"])).toBeLessThanOrEqual(10);
      return ok({});
    };

    expect((await post({ headers })).statusCode).toBe(200);
  });

  it.each(["", "a b", "x".repeat(256)])("%j is 400", async (key) => {
    expect(await post({ headers: { "Idempotency-Key": key } })).toMatchObject({
      statusCode: 400,
      json: { errors: [{ in: "header", path: "/idempotency-key" }] },
    });
  });

  it("is of no matter where a route takes none", async () => {
    const headers = { "Idempotency-Key": "a b" };

    expect((await call({ route: "GET /things", headers })).statusCode).toBe(200);
  });

  it("frees its key when the action refuses, and keeps the attempt when it failed", async () => {
    const headers = { "Idempotency-Key": "key-4" };
    const attempts: string[] = [];
    const endings = [new AppError("NOT_FOUND"), new Error("half-way"), undefined];
    api.action = async ({ attempt }) => {
      attempts.push(attempt.id);
      const error = endings[attempts.length - 1];
      if (error) throw error;
      return ok({});
    };

    const statuses = [];
    for (const _ of endings) statuses.push((await post({ headers })).statusCode);

    expect(statuses).toEqual([404, 500, 200]);
    expect(attempts[1]).not.toBe(attempts[0]);
    expect(attempts[2]).toBe(attempts[1]);
  });

  it("holds its lock when the action ran out of time, which may still be at it", async () => {
    const unlock = vi.spyOn(api.store, "unlock");
    const forget = vi.spyOn(api.store, "forget");
    api.action = () => new Promise(() => {});
    const request = { route: "POST /things", body: { name: "a" }, headers: { "Idempotency-Key": "key-5" } };

    await expect(api.call(request, lambdaContext({ remainingMs: 6 }))).rejects.toThrow();

    expect(unlock).not.toHaveBeenCalled();
    expect(forget).not.toHaveBeenCalled();
  });
});
