import { isOrganizationId } from "#common/ids/organization-id.ts";
import { isRole } from "./roles.ts";
import { isUserId } from "./user.ts";

/** The caller, as the token names it. */
export type Caller = {
  readonly userId: string;
  /** Null for a token that belongs to no organization: it opens no route that belongs to one. */
  readonly organizationId: string | null;
  readonly roles: readonly string[];
  /** Epoch seconds; from then on the token is refused, also where a cache still holds it as good. */
  readonly expiresAt: number;
};

/** A caller within an organization: all that an action needs to know of its caller. */
export type Member = { readonly organizationId: string; readonly userId: string };

/** What the issuer calls the claims; Cognito puts its own prefix before them (`custom:Role`). */
export type ClaimNames = { readonly organization: string; readonly role: string };

type Claims = Readonly<Record<string, unknown>>;

/** The last second of the year 9999, the latest that dates can be written for. */
const SECONDS_MAX = 253_402_300_799;

const claim = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

const rolesOf = (value: unknown): string[] => {
  const named = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
  return [...new Set(named.filter((role): role is string => typeof role === "string" && isRole(role)))];
};

/**
 * The caller that a verified token names; undefined when its `sub` cannot be a user. What else is
 * malformed counts as absent: it can only take something away from the caller.
 */
export const callerOf = (claims: Claims, names: ClaimNames, exp: number): Caller | undefined => {
  const userId = claim(claims, "sub");
  if (!isUserId(userId)) return undefined;
  const organizationId = claim(claims, names.organization);
  return {
    userId,
    organizationId: isOrganizationId(organizationId) ? organizationId : null,
    roles: rolesOf(claim(claims, names.role)),
    expiresAt: Math.min(Math.floor(exp), SECONDS_MAX),
  };
};
