import type { APIGatewayProxyEvent } from "aws-lambda";
import { Type } from "typebox";
import { afterEach, beforeEach, vi } from "vitest";
import { type Answer, ok } from "#common/http/answers.ts";
import type { HttpRequest } from "#common/http/request.ts";
import { memoryStore } from "#common/idempotency/testing/memory-store.ts";
import { PageQuery } from "#common/paging/page-query.schema.ts";
import { lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { validator } from "#common/validation/schema.ts";
import { httpHandler } from "../http.ts";
import type { ReadBody } from "../validation.ts";

const NewThing = validator(
  Type.Object({ name: Type.String({ maxLength: 10 }) }, { additionalProperties: false }),
);
const answers = { 200: { description: "Done." } };

const manifest = {
  triggers: [
    { type: "http", route: "POST /things", role: "data.write" },
    { type: "http", route: "GET /things", role: "data.read" },
    { type: "http", route: "DELETE /things/{id}", role: "data.write" },
    { type: "http", route: "GET /things/{id}/parts/{part}", role: "data.read" },
    { type: "http", route: "GET /public", role: null },
    { type: "http", route: "GET /admin", role: "admin" },
    { type: "http", route: "POST /own", role: "data.write" },
  ],
};

const contract = {
  "POST /things": { summary: "", body: NewThing, bodyBytesMax: 100, idempotent: true, answers },
  "GET /things": { summary: "", query: PageQuery, answers },
  "DELETE /things/{id}": { summary: "", answers },
  "GET /things/{id}/parts/{part}": { summary: "", answers },
  "GET /public": { summary: "", answers },
  "GET /admin": { summary: "", answers },
  "POST /own": { summary: "", body: NewThing, preconditions: ["If-Match", "If-None-Match"], answers },
} as const;

type Action = (request: HttpRequest) => Promise<Answer>;

/** An API of a few routes behind the whole stack, and what a test says that they do. */
export const useThingsApi = () => {
  const api = {
    output: undefined as unknown as ReturnType<typeof captureOutput>,
    /** What every route does. */
    action: (async () => ok({ done: true })) as Action,
    /** How `POST /own` reads its body. */
    readBody: (() => ({ value: undefined, faults: [] })) as ReadBody,
    store: memoryStore(),
    handle: (event: APIGatewayProxyEvent) => handler(event, lambdaContext()),
    call: async (request: RestRequest, context = lambdaContext()) => {
      const result = await handler(restEvent(request), context);
      const isJson = result.body !== "" && String(result.headers?.["content-type"]).includes("json");
      return { ...result, json: isJson ? JSON.parse(result.body) : undefined };
    },
    post: (over: Partial<RestRequest> = {}) =>
      api.call({ route: "POST /things", body: { name: "a" }, ...over }),
  };
  const act = (request: unknown) => api.action(request as HttpRequest);
  const handler = httpHandler({
    manifest,
    contract,
    actions: {
      "POST /things": act,
      "GET /things": act,
      "DELETE /things/{id}": act,
      "GET /things/{id}/parts/{part}": act,
      "GET /public": act,
      "GET /admin": act,
      "POST /own": act,
    },
    readBody: { "POST /own": (text, caller) => api.readBody(text, caller) },
    idempotencyStore: async () => api.store,
  });

  beforeEach(() => {
    api.output = captureOutput();
    api.action = async () => ok({ done: true });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return api;
};
