import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Answer } from "#common/http/answers.ts";
import type { RouteContract } from "#common/http/contract.ts";
import type { HttpRequest } from "#common/http/request.ts";
import type { Once } from "#common/idempotency/idempotency.ts";
import type { ReadBody } from "./validation.ts";

/** A route of the function, with all that the stack knows of it before any request. */
export type HttpRoute = {
  route: string;
  /** The one role that opens it; null for a public route. */
  role: string | null;
  contract: RouteContract;
  /** Names of its path parameters. */
  parameters: readonly string[];
  action: (request: HttpRequest) => Promise<Answer>;
  /** Reads the body in place of the schema's own check. */
  readBody: ReadBody | undefined;
};

/** What the middlewares know of one request: each finds out its part. */
export type Exchange = {
  route: HttpRoute | undefined;
  /** What the action gets, as far as it is known. */
  request: HttpRequest;
  /** Remembers how a request with an Idempotency-Key ends. */
  once: Once | undefined;
  /** What was answered the first time to a request that is repeated: the action is not asked again. */
  remembered: Answer | undefined;
};

/** The gateway's event, on which the middlewares leave what they found out, as Middy's own do. */
export type HttpEvent = APIGatewayProxyEvent & { exchange: Exchange };

export const headerOf = ({ headers }: APIGatewayProxyEvent, name: string): string | undefined => {
  for (const key in headers)
    if (key.length === name.length && key.toLowerCase() === name) return headers[key];
  return undefined;
};

/** A header whose value is a list: all lines of it as one. */
export const listHeaderOf = (event: APIGatewayProxyEvent, name: string): string | undefined => {
  const lines = Object.entries(event.multiValueHeaders ?? {}).flatMap(([key, values]) =>
    key.toLowerCase() === name ? (values ?? []) : [],
  );
  return lines.length > 0 ? lines.join(",") : headerOf(event, name);
};
