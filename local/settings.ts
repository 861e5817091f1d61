import type { Declarations } from "#common/manifest/manifest.ts";
import { LOCAL_AUDIENCE, LOCAL_ISSUER } from "./issuer/issuer.ts";

const localSettings = (port: number) => ({
  // A fixed name, so that a token is good on any port and whether or not the platform runs.
  TOKEN_ISSUER: LOCAL_ISSUER,
  TOKEN_AUDIENCE: LOCAL_AUDIENCE,
  TOKEN_JWKS_URI: `http://127.0.0.1:${port}/.well-known/jwks.json`,
  TOKEN_ORGANIZATION_CLAIM: "organizationId",
  TOKEN_ROLE_CLAIM: "Role",
  DEFAULT_CURRENCY: "USD",
  BUSINESS_EVENT_SOURCE: "co.cogo.millrace",
  BUS_ENTRY_BYTES: "240000",
  LOG_STREAMS: "1",
  LOG_DAYS: "400",
  OPERATOR_ORGANIZATION: "demo",
  RELEASE_VERSION: "0.0.0",
});

/**
 * The functions' settings: the local ones, then those that are given, then those that stand in the environment
 * under their names. An empty value is a value.
 */
export const settingsOf = (
  { resources }: Pick<Declarations, "resources">,
  port: number,
  given: Readonly<Record<string, string>> = {},
  environment: NodeJS.ProcessEnv = {},
) => {
  const standing = Object.keys(resources.settings).flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...localSettings(port), ...given, ...Object.fromEntries(standing) };
};
