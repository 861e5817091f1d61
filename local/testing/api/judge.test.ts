import { describe, expect, it } from "vitest";
import { makeJudge } from "./judge.ts";
import type { Operation } from "./operations.ts";
import type { WireReply } from "./wire.ts";

const problemSchema = { type: "object", required: ["code"], properties: { status: { const: 400 } } };
const operations: Operation[] = [
  {
    route: "GET /things/{id}",
    method: "GET",
    path: "/things/{id}",
    isPublic: false,
    parameters: [],
    answers: {
      200: {
        headers: { "x-request-id": { required: true }, ETag: { required: true } },
        content: {
          "application/json": {
            schema: {
              type: "object",
              required: ["items"],
              properties: {
                items: { type: "array", items: { type: "object", properties: { id: { type: "string" } } } },
              },
            },
          },
          "application/x-ndjson": { schema: { type: "string" } },
        },
      },
      204: {},
      400: { content: { "application/problem+json": { schema: { allOf: [problemSchema] } } } },
      500: { content: { "application/problem+json": { schema: {} } } },
    },
  },
];
const judge = makeJudge(operations);

const request = { method: "GET", path: "/things/7?x=1" };
const reply = ({ headers = {}, text = '{"items":[]}', ...others }: Partial<WireReply> = {}): WireReply => ({
  status: 200,
  text,
  headers: {
    "x-request-id": "r-1",
    etag: '"1"',
    "content-type": "application/json; charset=utf-8",
    ...headers,
  },
  ...others,
});
const refusal = (over: object, status = 400): WireReply => {
  const body = { status, code: "INPUT_INVALID", requestId: "r-1", ...over };
  return reply({
    status,
    text: JSON.stringify(body),
    headers: { "content-type": "application/problem+json" },
  });
};

describe("an answer", () => {
  it.each([
    ["as documented", reply()],
    ["without content", reply({ status: 204, text: "" })],
    ["of lines", reply({ text: '{"a":1}\n{"a":2}\n', headers: { "content-type": "application/x-ndjson" } })],
    ["that is a problem", refusal({})],
  ])("%s passes", (_, good) => {
    expect(judge.faultsOf(request, good)).toEqual([]);
  });

  it.each([
    ["of a status that is not documented", reply({ status: 201 }), "its status is not documented"],
    ["that is an error of the server", refusal({}, 500), "it is an error of the server"],
    ["without a documented header", reply({ headers: { etag: "" } }), "it has no header ETag"],
    ["without a request id", reply({ headers: { "x-request-id": "" } }), "it has no x-request-id"],
    [
      "of another content type",
      reply({ headers: { "content-type": "text/html" } }),
      'its content type "text/html" is not documented',
    ],
    ["that is no JSON", reply({ text: "{" }), "its body is no JSON"],
    ["with a body where there is none", reply({ status: 204 }), "it has a body, and none is documented"],
    [
      "with a field that is not documented",
      reply({ text: '{"items":[{"id":"a","secret":1}]}' }),
      '/items/0 must NOT have additional properties {"additionalProperty":"secret"}',
    ],
    [
      "with a line that is no JSON",
      reply({ text: '{"a":1}\n{', headers: { "content-type": "application/x-ndjson" } }),
      "one of its lines is no JSON",
    ],
    [
      "with a code that is not explained",
      refusal({ code: "OTHER" }),
      "docs/errors.md does not explain OTHER",
    ],
    ["of another request", refusal({ requestId: "r-2" }), "requestId is not that of x-request-id"],
    ["with another status in its body", refusal({ status: 404 }), "the problem says status 404"],
    ["with a stack trace", refusal({ detail: "Error at x (a.ts:1)" }), "it shows a stack trace"],
  ])("%s is a fault", (_, bad, fault) => {
    expect(judge.faultsOf(request, bad)).toContain(fault);
  });

  it("to no route is a refusal that says so", () => {
    const away = { method: "GET", path: "/thing" };
    const answer = (code: string) => ({ ...refusal({ code, status: 404 }), status: 404 });

    expect(judge.faultsOf(away, answer("ROUTE_NOT_FOUND"))).toEqual([]);
    expect(judge.faultsOf(away, answer("NOT_FOUND"))).toEqual([
      "it is not what the gateway answers to no route",
    ]);
    expect(judge.faultsOf(away, reply())).toContain("it is no problem+json");
  });
});
