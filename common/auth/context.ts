import { isOrganizationId } from "#common/ids/organization-id.ts";
import type { Caller } from "./caller.ts";
import { isRole } from "./roles.ts";
import { isUserId } from "./user.ts";

/**
 * The caller as the authorizer hands it to the functions behind the gateway, which takes flat values
 * only and makes strings of them. Without an organization the field is absent.
 */
export type AuthorizerContext = {
  userId: string;
  organizationId?: string;
  /** Space-separated. */
  roles: string;
  /** Epoch seconds. */
  expiresAt: string;
};

export const contextOf = ({ userId, organizationId, roles, expiresAt }: Caller): AuthorizerContext => ({
  userId,
  ...(organizationId === null ? {} : { organizationId }),
  roles: roles.join(" "),
  expiresAt: String(expiresAt),
});

/**
 * The caller from `requestContext.authorizer`; undefined when that is not what our authorizer says, as
 * on a public route. It does not look at the clock: compare `expiresAt` with now, since the gateway may
 * answer from its cache for a minute after the token ran out.
 */
export const callerFromContext = (
  context: Readonly<Record<string, unknown>> | null | undefined,
): Caller | undefined => {
  const { userId, organizationId, roles, expiresAt } = context ?? {};
  if (!isUserId(userId) || typeof roles !== "string") return undefined;
  if (typeof expiresAt !== "string" || !/^-?\d{1,15}$/.test(expiresAt)) return undefined;
  return {
    userId,
    organizationId: isOrganizationId(organizationId) ? organizationId : null,
    roles: roles.split(" ").filter(isRole),
    expiresAt: Number(expiresAt),
  };
};
