import middy from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import type { Answer } from "#common/http/answers.ts";
import type { Contract, RouteContract } from "#common/http/contract.ts";
import type { HttpRequest } from "#common/http/request.ts";
import type { IdempotencyStore } from "#common/idempotency/idempotency.ts";
import type { Clock } from "#common/time/clock.ts";
import { authorization } from "./authorization.ts";
import type { HttpEvent, HttpRoute } from "./http-event.ts";
import { idempotency } from "./idempotency.ts";
import { type Access, grantedStore } from "./idempotency-store.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { problems } from "./problems.ts";
import { responses } from "./responses.ts";
import { routing } from "./routing.ts";
import { tracing } from "./tracing.ts";
import { type ReadBody, validation } from "./validation.ts";

/** The part of `function.json` that the stack reads: which role opens which route, and what it may touch. */
type Manifest = {
  triggers: readonly { type: string; route?: string; role?: string | null }[];
  access?: Access;
};

/** One action for each route of the contract. */
export type Actions<C extends Contract> = {
  [R in keyof C & string]-?: (request: HttpRequest<R, C[R]>) => Promise<Answer>;
};

export type HttpOptions<C extends Contract> = {
  manifest: Manifest;
  contract: C;
  actions: Actions<C>;
  /** By route: reads the body in place of the schema's own check. */
  readBody?: { readonly [R in keyof C]?: ReadBody };
  /** In place of the table that the manifest grants. */
  idempotencyStore?: () => Promise<IdempotencyStore>;
  now?: Clock;
};

/** Names of the parameters in a route's text. */
const parametersOf = (route: string): string[] =>
  route.split("{").flatMap((part, at) => (at === 0 ? [] : part.slice(0, part.indexOf("}"))));

/** The routes that stand in both the manifest and the contract. */
const routesOf = <C extends Contract>({ manifest, contract, actions, readBody }: HttpOptions<C>) => {
  const roles = new Map(manifest.triggers.map(({ route, role }) => [route, role]));
  return new Map(
    Object.entries<RouteContract | undefined>(contract).flatMap(([route, fields]): [string, HttpRoute][] => {
      const role = roles.get(route);
      if (!fields || role === undefined) return [];
      const known = {
        route,
        role,
        contract: fields,
        parameters: parametersOf(route),
        action: actions[route as keyof C & string] as HttpRoute["action"],
        readBody: readBody?.[route as keyof C],
      };
      return [[route, known]];
    }),
  );
};

/**
 * The stack of functions behind the REST API: who calls, may they, what do they ask, was it asked before
 * (Idempotency-Key), do it, answer. Every error becomes problem+json.
 */
export const httpHandler = <const C extends Contract>(options: HttpOptions<C>) => {
  const { manifest, contract, idempotencyStore, now = Date.now } = options;
  const store = idempotencyStore ?? grantedStore(contract, manifest.access);

  return middy<HttpEvent, unknown, Error, Context>()
    .use([
      metrics(),
      logging({ message: "request answered" }),
      tracing(),
      responses(),
      problems(),
      routing(routesOf(options)),
      authorization({ now }),
      validation(),
      idempotency({ store, now }),
    ])
    .handler(
      async ({ exchange: { remembered, route, request } }) => remembered ?? route?.action(request),
    ) as unknown as (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;
};
