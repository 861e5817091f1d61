import { fetchText } from "#common/auth/fetch-text.ts";
import { fetchedKeys, inlineKeys } from "#common/auth/keys.ts";
import { makePolicyFor } from "#common/auth/policy.ts";
import { makeTokenVerifier } from "#common/auth/verify-token.ts";
import { readConfig } from "#common/config/config.ts";
import { authorizerHandler } from "#common/middleware/authorizer.ts";
import { routes } from "#generated/routes.ts";
import { makeAuthorize } from "./authorize.ts";
import { TOKEN_SETTINGS } from "./token-settings.ts";

const config = readConfig(TOKEN_SETTINGS);
const jwksUri = config.TOKEN_JWKS_URI ?? `${config.TOKEN_ISSUER.replace(/\/$/, "")}/.well-known/jwks.json`;

const verifyToken = makeTokenVerifier({
  issuer: config.TOKEN_ISSUER,
  audiences: config.TOKEN_AUDIENCE,
  tokenUse: config.TOKEN_USE,
  claimNames: { organization: config.TOKEN_ORGANIZATION_CLAIM, role: config.TOKEN_ROLE_CLAIM },
  keys:
    config.TOKEN_JWKS === undefined
      ? fetchedKeys({ fetchText: () => fetchText(jwksUri) })
      : inlineKeys(config.TOKEN_JWKS),
});
const policyFor = makePolicyFor({
  routes,
  environment: config.ENVIRONMENT,
  organizationsWithPlan: config.ORGANIZATION_PLANS,
});

export const handler = authorizerHandler({ action: makeAuthorize({ verifyToken, policyFor }) });
