import { isTrustworthy } from "#common/auth/fetch-text.ts";
import type { Setting } from "#common/config/config.ts";

/** Whether transactions may be sent there: an https URL, or http that never leaves the machine. */
export const isVendorUrl = (text: string): boolean => {
  if (!isTrustworthy(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username === "" && password === "" && search === "" && hash === "";
};

/** The vendor's address; undefined where none is set. A wrong one is not repeated: it may hold a password. */
export const vendorUrl = (): Setting<string | undefined> => (value) => {
  if (value === undefined || value === "") return { ok: true, value: undefined };
  return isVendorUrl(value)
    ? { ok: true, value }
    : {
        ok: false,
        reason: "must be an https URL (http on loopback only) without a user name, a query and a fragment",
      };
};

/** A whole number of transactions; undefined where any number is allowed. */
export const monthlyMax = (): Setting<number | undefined> => (value) => {
  if (value === undefined || value === "") return { ok: true, value: undefined };
  return /^\d{1,12}$/.test(value)
    ? { ok: true, value: Number(value) }
    : { ok: false, reason: `must be a whole number, got "${value}"` };
};
