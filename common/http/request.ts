import type { Caller, Member } from "#common/auth/caller.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import type { RouteContract, Validated } from "./contract.ts";
import type { Preconditions } from "./preconditions.ts";

type ParameterNames<Route extends string> = Route extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** The path parameters that a route's text names: `GET /data/{id}` has `{ id: string }`. */
export type Params<Route extends string> = { [Name in ParameterNames<Route>]: string };

/** What the action of a route gets: checked, typed, and nothing of API Gateway. */
export type HttpRequest<Route extends string = string, C = RouteContract> = Validated<C> & {
  /** As the contract writes it, for example `GET /data/{id}`. */
  route: Route;
  /** The path parameters, decoded. */
  params: Params<Route>;
  /** The body as it was sent. */
  rawBody: string;
  caller: Caller & Member;
  requestId: string;
  /** Joins what several requests and messages do for one purpose: the caller's own, or the request id. */
  transactionId: string;
  /** The conditional headers that the route's contract takes. */
  preconditions: Preconditions;
  /** Id and time of what this request makes; the same again when an Idempotency-Key is repeated. */
  attempt: Attempt;
};
