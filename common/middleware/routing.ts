import { AppError } from "#common/errors/app-error.ts";
import { isTransactionId } from "#common/ids/transaction-id.ts";
import { note } from "#common/telemetry/line.ts";
import { type HttpEvent, type HttpRoute, headerOf } from "./http-event.ts";
import type { Middleware } from "./middleware.ts";

/** A public route has no caller: an action that asks for one finds no user in no organization. */
const NO_CALLER = { userId: "", organizationId: "", roles: [], expiresAt: 0 };

/** Finds the route that is called, and the ids that this request goes by in answers, lines and messages. */
export const routing = (routes: ReadonlyMap<string, HttpRoute>): Middleware<HttpEvent> => ({
  before: ({ event }) => {
    const route = `${event.httpMethod} ${event.resource}`;
    const { requestId } = event.requestContext;
    const outside = headerOf(event, "x-transaction-id");
    const transactionId = isTransactionId(outside) ? outside : requestId;
    note({ requestId, route, transactionId });
    const found = routes.get(route);
    event.exchange = {
      route: found,
      request: {
        route,
        params: {},
        query: {},
        body: undefined,
        rawBody: "",
        caller: NO_CALLER,
        requestId,
        transactionId,
        preconditions: {},
        attempt: { id: "", time: "" },
      },
      once: undefined,
      remembered: undefined,
    };
    if (!found) throw new AppError("NOT_FOUND", { internal: `no route ${route}` });
  },
});
