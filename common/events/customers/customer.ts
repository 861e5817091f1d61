import { createHash } from "node:crypto";
import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Json } from "#common/json/json.ts";

export const CUSTOMER_LIMITS = {
  nameLength: 200,
  emailLength: 254,
  externalIdLength: 255,
  /** UTF-8 bytes of `attributes` as JSON text; a page of 100 customers then fits one answer. */
  attributesBytes: 32_768,
} as const;

/** What is said of a customer: all of it is erased with the customer. */
export type Profile = {
  name: string;
  email?: string;
  /** The `sub` of the user that this customer signs in as. */
  externalId?: string;
  attributes?: { [name: string]: Json };
};

/** A customer as the API answers it. */
export type Customer = Profile & {
  customerId: string;
  organizationId: string;
  createdAt: string;
  updatedAt: string;
};

/** A customer as the table has it. */
export type StoredCustomer = Customer & {
  /** From 1; grows with every change. */
  version: number;
  salt: string;
  /** Of the request that made this version; versions of before have none. */
  transactionId?: string;
  /** Of the profile under the salt: what the event of the change holds. */
  digest: string;
  /** Folded words of the name, by which it is found. */
  words: readonly string[];
};

export const profileOf = ({ name, email, externalId, attributes }: Profile): Profile => ({
  name,
  ...(email === undefined ? {} : { email }),
  ...(externalId === undefined ? {} : { externalId }),
  ...(attributes === undefined ? {} : { attributes }),
});

/** SHA-256(salt ‖ RFC 8785 of the profile), base64url. Without the salt, which is erased with the profile, it reveals nothing. */
export const profileDigest = (salt: string, profile: Profile): string =>
  createHash("sha256")
    .update(Buffer.from(salt, "base64url"))
    .update(canonicalJson(profileOf(profile)))
    .digest("base64url");

export const isSameProfile = (one: Profile, other: Profile): boolean =>
  canonicalJson(profileOf(one)) === canonicalJson(profileOf(other));

/**
 * The strong entity tag (RFC 9110) of the version that the table has. Each version has a salt of its own, so
 * no tag comes twice, not even after the customer was erased; and it reveals neither the version nor the profile.
 */
export const customerTag = ({ salt, version }: StoredCustomer): string =>
  `"${createHash("sha256").update(`customer tag ${version} ${salt}`).digest("base64url").slice(0, 22)}"`;

export const toCustomer = (stored: StoredCustomer): Customer => {
  const { customerId, organizationId, createdAt, updatedAt } = stored;
  return { customerId, organizationId, ...profileOf(stored), createdAt, updatedAt };
};
