import { isOrganizationId } from "#common/ids/organization-id.ts";

/** The one object that holds a user's file. */
export type UserKey = {
  key: string;
  organizationId: string;
  userId: string;
  /** The userId as the key spells it, percent-encoded: the keys of claims spell it in the same way. */
  spelled: string;
};

/** What keys of users' files begin with. */
export const USERS_PREFIX = "users/";

const PARTS = /^users\/(?:([^/]+)\/)?([^/]+)\.json$/;

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/**
 * Whose file stands under a key; undefined for a key of something else. `users/<userId>.json` is a file of
 * `organization`, and of no user where that is undefined.
 */
export const userOfKey = (key: string, organization: string | undefined): UserKey | undefined => {
  const [, named, spelled = ""] = PARTS.exec(key) ?? [];
  const organizationId = named ?? organization;
  const userId = decoded(spelled);
  if (!isOrganizationId(organizationId) || userId === undefined || userId === "") return undefined;
  return { key, organizationId, userId, spelled };
};
