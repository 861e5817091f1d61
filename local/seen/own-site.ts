import type { IncomingMessage } from "node:http";
import { AppError } from "#common/errors/app-error.ts";
import { problemOf } from "#common/http/problem.ts";
import { isOfForeignPage } from "../foreign-page.ts";
import { readBody } from "../gateway/body.ts";
import type { Site } from "../gateway/front-door.ts";
import { type GatewayAnswer, type GatewayResponses, PROBLEM_TYPE } from "../gateway/gateway-responses.ts";

/** A route of the local platform itself, which no deployed API has. What a method gives is answered as JSON. */
export type OwnRoute = {
  /** `/_millrace/chaos` */
  path: string;
  get(query: URLSearchParams): unknown;
  /** Takes the body, and gives what is then set. Throws `INPUT_INVALID` with each fault. */
  put?(body: unknown): unknown;
};

const pathOf = (url: string): string => url.split("?", 1)[0] ?? url;

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const body = await readBody(request);
  if (body === "too-large") throw new AppError("BODY_TOO_LARGE");
  if (body === "gone" || body.text === null) throw new AppError("BODY_NOT_JSON");
  try {
    return JSON.parse(body.text);
  } catch (cause) {
    throw new AppError("BODY_NOT_JSON", { cause });
  }
};

const answer = (requestId: string, status: number, type: string, value: unknown): GatewayAnswer => ({
  status,
  headers: ["content-type", type, "cache-control", "no-store", "x-request-id", requestId],
  body: JSON.stringify(value),
});

/**
 * The platform's own routes, with which it is looked at and set from outside. They take no token, because they
 * exist on one person's machine alone; a page of another origin is refused, because that person's browser runs
 * on the same machine.
 */
export const ownSite = (responses: GatewayResponses, routes: readonly OwnRoute[]): Site => {
  const byPath = new Map(routes.map((route) => [route.path, route]));

  const run = async (request: IncomingMessage): Promise<unknown> => {
    const { method, url = "" } = request;
    const route = byPath.get(pathOf(url));
    if (method === "GET") return route?.get(new URLSearchParams(url.slice(pathOf(url).length)));
    return method === "PUT" ? route?.put?.(await bodyOf(request)) : undefined;
  };

  return {
    claims: (_hostname, url) => byPath.has(pathOf(url)),
    handle: async (request, requestId) => {
      if (isOfForeignPage(request.headers)) return responses("PAGE_NOT_LOCAL", requestId);
      try {
        const value = await run(request);
        if (value === undefined) return responses("MISSING_AUTHENTICATION_TOKEN", requestId);
        return answer(requestId, 200, "application/json", value);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const part = request.method === "GET" ? "query" : "body";
        return answer(requestId, error.status, PROBLEM_TYPE, problemOf(error, requestId, part));
      }
    },
  };
};
