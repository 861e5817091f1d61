import type { Route } from "#common/manifest/manifest.ts";
import type { Validator } from "#common/validation/validator.ts";
import type { PreconditionHeader } from "./preconditions.ts";

/** What a header says; one that not every such answer has is written with `required`. */
export type AnswerHeader = string | { description: string; required: false };

export type RouteAnswer = {
  description: string;
  body?: Validator<unknown>;
  /** `application/json` if not said. */
  contentTypes?: readonly string[];
  /** By name. */
  headers?: Readonly<Record<string, AnswerHeader>>;
};

/** What one route takes and answers. `answers` and the texts are for the OpenAPI document only. */
export type RouteContract = {
  summary: string;
  description?: string;
  body?: Validator<unknown>;
  query?: Validator<unknown>;
  /** Largest body in bytes; 1 MB (1,048,576) if not said. */
  bodyBytesMax?: number;
  /** Media types of the body, which may then be packed by gzip; `application/json`, unpacked, if not said. */
  bodyTypes?: readonly string[];
  /** Takes an Idempotency-Key (POST only). */
  idempotent?: boolean;
  /** The conditional headers that the action holds against what stands there; others are not looked at. */
  preconditions?: readonly PreconditionHeader[];
  answers: Record<number, RouteAnswer>;
};

/** The routes of one function; the keys are the manifest's, which the build checks. */
export type Contract = Partial<Record<Route, RouteContract>>;

type Valid<V> = V extends Validator<infer T> ? T : undefined;

/** The validated parts of a request, as a route's contract types them. */
export type Validated<R> = {
  body: R extends { body: infer V } ? Valid<V> : undefined;
  query: R extends { query: infer V } ? Valid<V> : Record<string, never>;
};
