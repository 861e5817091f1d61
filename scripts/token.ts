import { join } from "node:path";
import { isRole, ROLES } from "#common/auth/roles.ts";
import { isUserId } from "#common/auth/user.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { sharedNow } from "#local/clock-file.ts";
import { LOCAL_ISSUER, openIssuer, type TokenRequest, TTL_SECONDS_MAX } from "#local/issuer/issuer.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `1h`, `90s`, …; undefined if it is no such thing or too long. */
const secondsOf = (text: string): number | undefined => {
  const [, digits, unit] = /^([1-9][0-9]{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit ?? ""] ?? Number.NaN);
  return seconds <= TTL_SECONDS_MAX ? seconds : undefined;
};

const isOrigin = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

type TokenArguments = { request: TokenRequest; issuer: string; data: string };

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readTokenArguments = (
  argv: readonly string[],
): { faults: string[] } | ({ faults: [] } & TokenArguments) => {
  const { values, faults } = readOptions("token", argv);
  const { sub, organization: organizationId, ttl, issuer = LOCAL_ISSUER } = values;
  const { data = join(import.meta.dirname, "..", ".millrace") } = values;
  const roles = values.role.flatMap((list) => list.split(",")).map((role) => role.trim());
  const ttlSeconds = secondsOf(ttl);

  if (sub === undefined) {
    if (!faults.some((fault) => fault.startsWith("--sub "))) {
      faults.push("--sub is missing: it says whose token this is.");
    }
  } else if (!isUserId(sub)) {
    faults.push("--sub must be 1 to 255 characters without control characters.");
  }
  if (organizationId !== undefined && !isOrganizationId(organizationId)) {
    faults.push(
      `--organization must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end, got "${organizationId}".`,
    );
  }
  for (const role of roles) {
    if (!isRole(role)) faults.push(`--role names no role: "${role}". There are ${ROLES.join(", ")}.`);
  }
  if (ttlSeconds === undefined) {
    faults.push(`--ttl must be like 90s, 15m, 1h or 7d and at most 30d, got "${ttl}".`);
  }
  if (!isOrigin(issuer)) faults.push(`--issuer must be an http or https URL, got "${issuer}".`);

  if (faults.length > 0 || sub === undefined || ttlSeconds === undefined) return { faults };
  const request = { sub, roles, ttlSeconds, ...(organizationId === undefined ? {} : { organizationId }) };
  return { faults: [], request, issuer, data };
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("token", argv)) return;
  const asked = readTokenArguments(argv);
  if (!("request" in asked)) return refuse(asked.faults);
  try {
    const issuer = await openIssuer({
      folder: asked.data,
      origin: asked.issuer,
      now: () => sharedNow(asked.data),
    });
    process.stdout.write(`${await issuer.sign(asked.request)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
};

if (import.meta.main) await main();
