import { describe, expect, it } from "vitest";
import { ok } from "#common/http/answers.ts";
import { restEvent } from "#common/testing/lambda-events.ts";
import { useThingsApi } from "./testing/things-api.ts";

const api = useThingsApi();
const { call, post } = api;

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
        { in: "query", path: "/x", message: "is not a known parameter" },
        { in: "body", path: "/more", message: "must not hold a lone surrogate" },
        { in: "body", path: "/more", message: "is not a known field" },
        { in: "body", path: "/name", message: "must be string, got 1" },
      ],
    });
    expect((await post({ query: { x: "1" }, body: "{" })).json).toMatchObject({
      code: "BODY_NOT_JSON",
      errors: [
        { in: "body", path: "", message: "must be valid JSON" },
        { in: "query", path: "/x", message: "is not a known parameter" },
      ],
    });
  });

  it("has the conditional headers that the contract takes, all their lines as one list", async () => {
    const seen: unknown[] = [];
    api.action = async ({ preconditions }) => {
      seen.push(preconditions);
      return ok({});
    };
    const event = restEvent({ route: "POST /own", body: { name: "a" }, headers: { "If-Match": '"b"' } });

    await api.handle({ ...event, multiValueHeaders: { "If-Match": ['"a"', '"b"'] } });
    await call({ route: "POST /things", body: { name: "a" }, headers: { "If-Match": "malformed" } });

    const [a, b] = ["a", "b"].map((text) => ({ isWeak: false, opaque: `"${text}"` }));
    expect(seen).toEqual([{ ifMatch: [a, b] }, {}]);
  });

  it("names the faults of conditional headers beside those of the body", async () => {
    const headers = { "if-match": "a", "if-none-match": '"a' };
    const { json } = await call({ route: "POST /own", body: { name: "a" }, query: { x: "1" }, headers });

    expect(json).toMatchObject({
      code: "INPUT_INVALID",
      errors: [{ path: "/x" }, { in: "header", path: "/if-match" }, { in: "header", path: "/if-none-match" }],
    });
  });

  it("is read by the route itself where it says so, in place of the schema's check", async () => {
    api.readBody = (text, { organizationId }) => ({ value: `${organizationId} read ${text}`, faults: [] });
    api.action = async ({ body }) => ok({ body });
    expect((await call({ route: "POST /own", body: "[1]" })).json).toEqual({ body: "demo read [1]" });

    api.readBody = () => ({ value: undefined, faults: [{ path: "/own", message: "is bad" }] });
    const refused = await call({ route: "POST /own", body: "[1]", query: { more: "1" } });
    expect(refused.json.errors).toMatchObject([
      { in: "query", path: "/more" },
      { in: "body", path: "/own" },
    ]);
  });

  it("has its query's texts as numbers, and defaults", async () => {
    let query: unknown;
    api.action = async (request) => {
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

  it.each([
    "Infinity",
    "-Infinity",
    "1e400",
    "1e1",
    "+5",
    "-5",
    " 5",
    "5 ",
    "5.0",
    "0x5",
    "",
    "٥",
    "1".repeat(16),
  ])("is 400 with the limit %j, which is not digits", async (limit) => {
    expect(await call({ route: "GET /things", query: { limit } })).toMatchObject({
      statusCode: 400,
      json: { errors: [{ in: "query", path: "/limit", message: expect.stringContaining("digits") }] },
    });
  });

  it("has every value of a query in UTF-8", async () => {
    for (const cursor of ["a\ufffd", "\ud800"]) {
      expect(await call({ route: "GET /things", query: { cursor } })).toMatchObject({
        statusCode: 400,
        json: { errors: [{ in: "query", path: "/cursor", message: "must be UTF-8" }] },
      });
    }
    expect((await call({ route: "GET /things", query: { cursor: "é😀" } })).statusCode).toBe(200);
  });

  it("has every name of its query in UTF-8, and no lone surrogate in the answer", async () => {
    for (const [name, path] of [
      ["a\ufffd", "/a\ufffd"],
      ["a\ud800", "/a\ufffd"],
    ] as const) {
      const { statusCode, json } = await call({ route: "GET /things", query: { [name]: "1" } });

      expect(statusCode).toBe(400);
      expect(json.errors).toContainEqual({ in: "query", path, message: "must be UTF-8" });
    }
  });

  it("has no control characters in the texts of its query", async () => {
    for (const cursor of ["a\u0000", "a\n", "\u007f", "a\u0085"]) {
      expect(await call({ route: "GET /things", query: { cursor } })).toMatchObject({
        statusCode: 400,
        json: { errors: [{ in: "query", path: "/cursor", message: "must not hold control characters" }] },
      });
    }
    expect((await call({ route: "GET /things", query: { cursor: "a \u00a0" } })).statusCode).toBe(200);
  });

  it("has the path's parameters decoded, once", async () => {
    const given: unknown[] = [];
    api.action = async ({ params }) => {
      given.push(params);
      return ok({});
    };
    const route = "GET /things/{id}/parts/{part}";

    await call({ route, params: { id: "crm%3A42", part: "%2541%2F%C3%A9" } });
    await call({ route, params: { id: "plain", part: "a+b" } });

    expect(given).toEqual([
      { id: "crm:42", part: "%41/é" },
      { id: "plain", part: "a+b" },
    ]);
  });

  it.each(["%", "%4", "%zz", "a%C3", "%FF", "%ED%A0%80"])("is 400 with %s in the path", async (id) => {
    const answer = await call({ route: "DELETE /things/{id}", params: { id }, query: { x: "1" } });

    expect(answer).toMatchObject({
      statusCode: 400,
      json: {
        code: "INPUT_INVALID",
        errors: [
          { in: "path", path: "/id", message: "must be percent-encoded UTF-8" },
          { in: "query", path: "/x" },
        ],
      },
    });
  });

  it("is 400 when an object in the body has two equal keys", async () => {
    expect((await post({ body: '{"name":"a","name":"a"}' })).json).toMatchObject({
      status: 400,
      errors: [{ in: "body", path: "/name", message: "must stand only once in its object" }],
    });
  });

  it("may come in base64 and is the same", async () => {
    let rawBody = "";
    api.action = async (request) => {
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

  it("is 400 when the gateway put U+FFFD for bytes that are no UTF-8; escaped it is a character", async () => {
    expect(await post({ body: '{"name":"\ufffd"}' })).toMatchObject({
      statusCode: 400,
      json: {
        code: "BODY_NOT_JSON",
        errors: [{ in: "body", path: "", message: expect.stringMatching(/^must be UTF-8/) }],
      },
    });
    expect((await post({ body: '{"name":"\\ufffd"}' })).statusCode).toBe(200);
    const inBase64 = { body: Buffer.from('{"name":"\ufffd"}').toString("base64"), isBase64Encoded: true };
    expect((await post(inBase64)).statusCode).toBe(200);
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
