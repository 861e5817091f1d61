import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { accepted, noContent, ok, RawJson } from "#common/http/answers.ts";
import { memoryStore } from "#common/idempotency/testing/memory-store.ts";
import { PageQuery } from "#common/paging/page-query.schema.ts";
import { callerContext, lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { validator } from "#common/validation/schema.ts";
import { type HttpRequest, httpHandler } from "./http.ts";
import type { ReadBody } from "./http-request.ts";

const NewThing = validator(
  Type.Object({ name: Type.String({ maxLength: 10 }) }, { additionalProperties: false }),
);
const answers = { 200: { description: "Done." } };
const manifest = {
  triggers: [
    { type: "http", route: "POST /things", role: "data.write" },
    { type: "http", route: "GET /things", role: "data.read" },
    { type: "http", route: "DELETE /things/{id}", role: "data.write" },
    { type: "http", route: "GET /public", role: null },
    { type: "http", route: "GET /admin", role: "admin" },
    { type: "http", route: "POST /own", role: "data.write" },
  ],
};
const contract = {
  "POST /things": { summary: "", body: NewThing, bodyBytesMax: 100, idempotent: true, answers },
  "GET /things": { summary: "", query: PageQuery, answers },
  "DELETE /things/{id}": { summary: "", answers },
  "GET /public": { summary: "", answers },
  "GET /admin": { summary: "", answers },
  "POST /own": { summary: "", body: NewThing, answers },
} as const;

let output: ReturnType<typeof captureOutput>;
let deed: (request: HttpRequest) => Promise<ReturnType<typeof ok>>;
let ownReading: ReadBody;
const store = memoryStore();

const handler = httpHandler(
  manifest,
  contract,
  {
    "POST /things": (request) => deed(request as unknown as HttpRequest),
    "GET /things": (request) => deed(request as unknown as HttpRequest),
    "DELETE /things/{id}": (request) => deed(request as unknown as HttpRequest),
    "GET /public": (request) => deed(request as unknown as HttpRequest),
    "GET /admin": (request) => deed(request as unknown as HttpRequest),
    "POST /own": (request) => deed(request as unknown as HttpRequest),
  },
  { idempotency: async () => store, readBody: { "POST /own": (text, caller) => ownReading(text, caller) } },
);

beforeEach(() => {
  output = captureOutput();
  deed = async () => ok({ done: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const call = async (request: RestRequest, context = lambdaContext()) => {
  const result = await handler(restEvent(request), context);
  const isJson = result.body !== "" && String(result.headers?.["content-type"]).includes("json");
  return { ...result, json: isJson ? JSON.parse(result.body) : undefined };
};
const post = (over: Partial<RestRequest> = {}) =>
  call({ route: "POST /things", body: { name: "a" }, ...over });

describe("every answer of the http stack", () => {
  it.each<[string, RestRequest, number]>([
    ["a success", { route: "GET /things" }, 200],
    ["no content", { route: "DELETE /things/{id}", params: { id: "gone" } }, 204],
    ["a refusal", { route: "GET /things", authorizer: null }, 401],
    ["an unknown route", { route: "GET /nothing" }, 404],
    ["a failure", { route: "GET /admin", authorizer: callerContext({ roles: "admin" }) }, 500],
  ])("carries the request id and is not to be cached: %s", async (_, request, status) => {
    deed = async ({ params }) => {
      if (status === 500) throw new Error("oh");
      return params.id ? noContent() : ok({});
    };

    const answer = await call(request);

    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({
      "x-request-id": "11111111-2222-4333-8444-555555555555",
      "cache-control": "no-store",
    });
  });

  it("is JSON as the deed gave it, raw JSON untouched, and nothing at all with 204", async () => {
    deed = async () => ok({ a: 1 });
    expect(await call({ route: "GET /things" })).toMatchObject({
      body: '{"a":1}',
      headers: { "content-type": "application/json" },
    });

    deed = async () => ok(new RawJson('{"a": 1.0}'));
    expect((await call({ route: "GET /things" })).body).toBe('{"a": 1.0}');

    deed = async () => noContent();
    const empty = await call({ route: "GET /things" });
    expect(empty.body).toBe("");
    expect(empty.headers).not.toHaveProperty("content-type");
  });

  it("is problem+json when it is an error, with nothing of the inside", async () => {
    deed = async () => {
      throw new Error("secret", { cause: new Error("deeper secret") });
    };

    const answer = await call({ route: "GET /things" });

    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json" });
    expect(answer.json).toEqual({
      type: "urn:millrace:problem:unexpected",
      title: "Internal Server Error",
      status: 500,
      detail: "Something went wrong; the request id finds it in the logs.",
      code: "UNEXPECTED",
      requestId: "11111111-2222-4333-8444-555555555555",
    });
    expect(output.lines().at(-1)).toMatchObject({
      level: "error",
      code: "UNEXPECTED",
      error: { message: "secret <- Error: deeper secret" },
    });
  });

  it("is a 500 with a request id when what the deed answered is no JSON", async () => {
    deed = async () => ok({ big: 1n });

    expect(await call({ route: "GET /things" })).toMatchObject({
      statusCode: 500,
      json: { code: "UNEXPECTED" },
    });
  });
});

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

  it("everybody may call what is public", async () => {
    expect((await call({ route: "GET /public", authorizer: null })).statusCode).toBe(200);
  });

  it("nobody learns from the body's faults what the route takes without being let in", async () => {
    expect((await post({ authorizer: null, body: "{" })).statusCode).toBe(401);
  });
});

describe("what is asked", () => {
  it("is 400 with an unknown parameter, on public routes and on those without any", async () => {
    for (const route of ["GET /things", "GET /public", "DELETE /things/{id}"]) {
      expect(await call({ route, query: { "a/b": "1", limit: "1" } })).toMatchObject({
        statusCode: 400,
        json: { errors: expect.arrayContaining([expect.objectContaining({ path: "/a~1b" })]) },
      });
    }
  });

  it("names the faults of query and body together", async () => {
    const answer = await post({ query: { x: "1" }, body: { name: 1, more: "\ud800" } });

    expect(answer.json).toMatchObject({
      code: "INPUT_INVALID",
      errors: [
        { path: "/x", message: "is not a known parameter" },
        { path: "/more", message: "must not hold a lone surrogate" },
        { path: "/more", message: "is not a known field" },
        { path: "/name", message: "must be string, got 1" },
      ],
    });
    expect((await post({ query: { x: "1" }, body: "{" })).json).toMatchObject({
      code: "BODY_NOT_JSON",
      errors: [
        { path: "", message: "must be valid JSON" },
        { path: "/x", message: "is not a known parameter" },
      ],
    });
  });

  it("is read by the route itself where it says so, in place of the schema's check", async () => {
    ownReading = (text, { organizationId }) => ({ value: `${organizationId} read ${text}`, faults: [] });
    deed = async ({ body }) => ok({ body });
    expect((await call({ route: "POST /own", body: "[1]" })).json).toEqual({ body: "demo read [1]" });

    ownReading = () => ({ value: undefined, faults: [{ path: "/own", message: "is bad" }] });
    const refused = await call({ route: "POST /own", body: "[1]", query: { more: "1" } });
    expect(refused.json.errors.map(({ path }: { path: string }) => path)).toEqual(["/more", "/own"]);
  });

  it("has its query's texts as numbers, and defaults", async () => {
    let query: unknown;
    deed = async (request) => {
      query = request.query;
      return ok({});
    };

    await call({ route: "GET /things", query: { limit: "7" } });
    expect(query).toEqual({ limit: 7 });
    await call({ route: "GET /things" });
    expect(query).toEqual({ limit: 25 });
    expect((await call({ route: "GET /things", query: { limit: ["1", "2"] } })).statusCode).toBe(400);
    expect((await call({ route: "GET /things", query: { limit: "0" } })).statusCode).toBe(400);
    expect((await call({ route: "GET /things", query: { limit: "101" } })).statusCode).toBe(400);
  });

  it("may come in base64 and is the same", async () => {
    let rawBody = "";
    deed = async (request) => {
      rawBody = request.rawBody;
      return ok({});
    };
    const sent = '{"name":"äö€😀"}';

    await post({ body: Buffer.from(sent).toString("base64"), isBase64Encoded: true });

    expect(rawBody).toBe(sent);
  });

  it("is 400 when its bytes are no UTF-8, and not mended", async () => {
    const bytes = Buffer.from([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]);

    const answer = await post({ body: bytes.toString("base64"), isBase64Encoded: true });

    expect(answer).toMatchObject({
      statusCode: 400,
      json: { errors: [{ path: "", message: "must be UTF-8" }] },
    });
  });

  it("is 413 one byte beyond the route's size, counted in bytes", async () => {
    const body = (bytes: number) => `{"name":"é"}${" ".repeat(bytes - 13)}`;

    for (const isBase64Encoded of [false, true]) {
      const sent = (text: string) => (isBase64Encoded ? Buffer.from(text).toString("base64") : text);
      expect((await post({ body: sent(body(100)), isBase64Encoded })).statusCode).toBe(200);
      expect(await post({ body: sent(body(101)), isBase64Encoded })).toMatchObject({
        statusCode: 413,
        json: { code: "BODY_TOO_LARGE", errors: [{ path: "", message: "must have at most 100 bytes" }] },
      });
    }
  });
});

describe("an Idempotency-Key", () => {
  const made = async ({ attempt }: HttpRequest) => accepted({ id: attempt.id });

  it("answers the same id again, under a new request id", async () => {
    deed = made;
    const headers = { "idempotency-KEY": "key-1" };

    const first = await post({ headers, requestId: "request-1" });
    const again = await post({ headers, requestId: "request-2" });

    expect(again.json).toEqual(first.json);
    expect(again.headers).toMatchObject({ "x-request-id": "request-2" });
    expect(output.lines().at(-1)).toMatchObject({ repeated: true, requestId: "request-2" });
  });

  it("is another one for another user, organization and body", async () => {
    deed = made;
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
    deed = async () => {
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
      json: { errors: [{ path: "/headers/idempotency-key" }] },
    });
  });

  it("is of no matter where a route takes none", async () => {
    const headers = { "Idempotency-Key": "a b" };

    expect((await call({ route: "GET /things", headers })).statusCode).toBe(200);
  });
});

describe("the line of a request", () => {
  it("is one, at level info, and wide", async () => {
    await call({ route: "GET /things" });

    expect(output.lines()).toEqual([
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

  it.each(["abc", "A.b_c:d-1", "x".repeat(100)])("takes the transaction id %s from outside", async (id) => {
    await call({ route: "GET /things", headers: { "X-Transaction-Id": id } });

    expect(output.lines()[0]).toMatchObject({ transactionId: id });
  });

  it.each(["", "-a", "a b", "x".repeat(101), "a\n"])("replaces the transaction id %j", async (id) => {
    await call({ route: "GET /things", headers: { "x-transaction-id": id } });

    expect(output.lines()[0]).toMatchObject({ transactionId: "11111111-2222-4333-8444-555555555555" });
  });

  it("says what kept a caller out, to operators only", async () => {
    const answer = await post({ authorizer: callerContext({ roles: "" }) });

    expect(output.lines()[0]).toMatchObject({
      level: "info",
      code: "FORBIDDEN",
      internal: "needs data.write",
    });
    expect(answer.body).not.toContain("data.write");
  });

  it("holds nothing of the invocation before", async () => {
    deed = async () => {
      throw new AppError("NOT_FOUND", { internal: "first only" });
    };
    await call({ route: "GET /things", headers: { "x-transaction-id": "first" } });
    output.clear();

    deed = async () => ok({});
    await call({ route: "GET /public", authorizer: null, requestId: "second" }, lambdaContext());

    expect(Object.keys(output.lines()[0] ?? {}).toSorted()).toEqual([
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
    expect(output.lines()[0]).toMatchObject({
      coldStart: false,
      requestId: "second",
      transactionId: "second",
    });
  });
});
