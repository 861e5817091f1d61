import type { Caller, Member } from "#common/auth/caller.ts";
import { callerFromContext } from "#common/auth/context.ts";
import { mayCall } from "#common/auth/roles.ts";
import { AppError } from "#common/errors/app-error.ts";
import { note } from "#common/telemetry/line.ts";
import type { Clock } from "#common/time/clock.ts";
import type { HttpEvent } from "./http-event.ts";
import type { Middleware } from "./middleware.ts";

/** The caller, if its token opens a route of this role; else throws what keeps it out. */
const admit = (caller: Caller | undefined, role: string, nowMs: number): Caller & Member => {
  // Not `<=`: a time that is no number must not let anybody in.
  if (!caller || !(caller.expiresAt * 1000 > nowMs)) throw new AppError("TOKEN_EXPIRED");
  if (!mayCall(caller.roles, role)) throw new AppError("FORBIDDEN", { internal: `needs ${role}` });
  const { organizationId } = caller;
  if (organizationId === null) throw new AppError("FORBIDDEN", { internal: "the token has no organization" });
  return { ...caller, organizationId };
};

/**
 * The second wall behind the authorizer: its cached answer may outlive the token, and a policy's wildcards
 * are coarser than routes. A public route lets everybody pass.
 */
export const authorization = ({ now = Date.now }: { now?: Clock } = {}): Middleware<HttpEvent> => ({
  before: ({ event: { exchange, requestContext } }) => {
    const role = exchange.route?.role ?? null;
    if (role === null) return;
    const caller = callerFromContext(requestContext.authorizer);
    if (caller) {
      const { userId, organizationId } = caller;
      note({ caller: userId, ...(organizationId ? { organizationId } : {}) });
    }
    exchange.request.caller = admit(caller, role, now());
  },
});
