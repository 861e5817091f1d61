import { createHash } from "node:crypto";
import type { Answer } from "#common/http/answers.ts";
import {
  type Attempt,
  begin,
  type IdempotencyStore,
  idempotencyKeyOf,
  scopeOf,
} from "#common/idempotency/idempotency.ts";
import { newId } from "#common/ids/uuid.ts";
import { note } from "#common/telemetry/line.ts";
import type { Clock } from "#common/time/clock.ts";
import { type HttpEvent, headerOf } from "./http-event.ts";
import { isTimeout, type Middleware } from "./middleware.ts";

export type IdempotencyOptions = {
  /** Asked for with the first Idempotency-Key. */
  store: () => Promise<IdempotencyStore>;
  now?: Clock;
};

/**
 * Draws the id and the time of what a request makes. Where the contract says `idempotent`, a repeated
 * Idempotency-Key gets the first answer, and a request whose first try died goes on under the first id and time.
 */
export const idempotency = ({ store, now = Date.now }: IdempotencyOptions): Middleware<HttpEvent> => {
  const start = async (event: HttpEvent, key: string, drawn: Attempt, lockMs: number): Promise<void> => {
    const { request } = event.exchange;
    const begun = await begin(await store(), {
      scope: scopeOf([request.caller.organizationId, request.caller.userId, request.route, key]),
      bodyHash: createHash("sha256").update(request.rawBody).digest("base64url"),
      attempt: drawn,
      lockMs,
      now,
    });
    if ("remembered" in begun) {
      event.exchange.remembered = begun.remembered;
      note({ repeated: true });
    } else {
      event.exchange.once = begun;
      request.attempt = begun.attempt;
    }
  };

  return {
    before: ({ event, context }) => {
      const { route, request } = event.exchange;
      const drawn = { id: newId(), time: new Date(now()).toISOString() };
      request.attempt = drawn;
      if (!route?.contract.idempotent) return undefined;
      const key = idempotencyKeyOf(headerOf(event, "idempotency-key"));
      return key === undefined ? undefined : start(event, key, drawn, context.getRemainingTimeInMillis());
    },

    after: ({ event, response }) => event.exchange.once?.answered(response as Answer),

    // An action that ran out of time may still be at it: its lock stays until its time is over.
    onError: ({ event, error }) => (isTimeout(error) ? undefined : event.exchange?.once?.failed(error)),
  };
};
