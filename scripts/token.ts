import { join } from "node:path";
import { parseArgs } from "node:util";
import { isRole, ROLES } from "#common/auth/roles.ts";
import { isUserId } from "#common/auth/user.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { LOCAL_ISSUER, openIssuer, type TokenRequest, TTL_SECONDS_MAX } from "#local/issuer/issuer.ts";

const USAGE = `Prints a signed token for the local platform, which need not run.

  npm run -s token -- --sub alice --organization demo --role data.read,data.write [--ttl 1h]

  --sub           whose token it is (required)
  --organization  the organization that the caller belongs to
  --role          roles, comma-separated or repeated: ${ROLES.join(", ")}
  --ttl           how long it is good: 90s, 15m, 1h, 30d at most (default 1h)
  --issuer        the token's iss (default ${LOCAL_ISSUER})
  --data          the folder with the issuer's keys (default .millrace)
`;

const NAMES = ["sub", "organization", "role", "ttl", "issuer", "data"] as const;
type Name = (typeof NAMES)[number];

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `1h`, `90s`, …; undefined if it is no such thing or too long. */
const secondsOf = (text: string): number | undefined => {
  const [, digits, unit] = /^([1-9][0-9]{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit ?? ""] ?? Number.NaN);
  return seconds <= TTL_SECONDS_MAX ? seconds : undefined;
};

const isName = (name: string): name is Name => NAMES.some((known) => known === name);

const isBareOption = (arg: string): boolean => arg.startsWith("--") && isName(arg.slice(2));

const isOrigin = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

type TokenArguments = { request: TokenRequest; issuer: string; data: string };

/** What was asked for, or one sentence for each thing that is wrong with it. */
export const readTokenArguments = (
  argv: readonly string[],
): { faults: string[] } | ({ faults: [] } & TokenArguments) => {
  const faults: string[] = [];
  const given: Partial<Record<Name, string[]>> = {};
  const { tokens } = parseArgs({
    // parseArgs takes what follows an option for its value even where that is the next option.
    args: argv.map((arg, at) => (isBareOption(arg) && argv[at + 1]?.startsWith("--") ? `${arg}=` : arg)),
    options: Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") faults.push(`"${token.value}" belongs to no option.`);
    if (token.kind !== "option") continue;
    if (!isName(token.name)) {
      faults.push(`There is no option ${token.rawName}; there are --${NAMES.join(", --")}.`);
    } else if (token.value === undefined || token.value === "") {
      faults.push(`${token.rawName} needs a value.`);
    } else {
      given[token.name] = [...(given[token.name] ?? []), token.value];
    }
  }
  for (const name of NAMES) {
    if (name !== "role" && (given[name]?.length ?? 0) > 1) faults.push(`--${name} is given more than once.`);
  }

  const [sub] = given.sub ?? [];
  const [organizationId] = given.organization ?? [];
  const [ttl = "1h"] = given.ttl ?? [];
  const [issuer = LOCAL_ISSUER] = given.issuer ?? [];
  const [data = join(import.meta.dirname, "..", ".millrace")] = given.data ?? [];
  const roles = (given.role ?? []).flatMap((list) => list.split(",")).map((role) => role.trim());
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
  if (process.argv.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  const asked = readTokenArguments(process.argv.slice(2));
  if (!("request" in asked)) {
    process.stderr.write(`${asked.faults.join("\n")}\n\n${USAGE}`);
    process.exitCode = 1;
    return;
  }
  const issuer = await openIssuer({ folder: asked.data, origin: asked.issuer });
  process.stdout.write(`${await issuer.sign(asked.request)}\n`);
};

if (import.meta.main) await main();
