import { isTrustworthy } from "#common/auth/fetch-text.ts";
import { list, optional, optionalText, someOf, text, textThat } from "#common/config/config.ts";

const URL_WANTED = "an https URL (http on loopback only)";

/** What the authorizer reads of its environment; functions/resources.json says what each is. */
export const TOKEN_SETTINGS = {
  ENVIRONMENT: text(),
  TOKEN_ISSUER: textThat(isTrustworthy, URL_WANTED),
  TOKEN_AUDIENCE: someOf(),
  TOKEN_JWKS_URI: optional(textThat(isTrustworthy, URL_WANTED)),
  TOKEN_JWKS: optionalText(),
  TOKEN_USE: optional(textThat((use) => use === "access" || use === "id", "access or id")),
  TOKEN_ORGANIZATION_CLAIM: text(),
  TOKEN_ROLE_CLAIM: text(),
  ORGANIZATION_PLANS: list(),
};
