import { eventually } from "#common/testing/eventually.ts";
import type { System } from "#local/testing/system.ts";
import type { TOKENS } from "./spoil-headers.ts";

export type Callers = {
  /** By the caller's name: the values of its `Authorization` headers. */
  authorization: ReadonlyMap<string, readonly string[]>;
  /** By token: the command that makes one like it for the platform of `npm start`. */
  commands: ReadonlyMap<string, string>;
  /** The organization that what this caller is shown must belong to. */
  organizationOf(name: string): string;
};

const ORGANIZATION = "soak";
const OTHER = "soak-other";
const LARGE = "soak-large";

const unsigned = (token: string): string => {
  const [, claims = ""] = token.split(".");
  return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
};

/** Tokens of several users, roles and organizations, and what is none. */
export const makeCallers = async (system: System): Promise<Callers> => {
  const commands = new Map<string, string>();
  const of = async (
    roles: string[],
    { sub = "alice", organizationId = ORGANIZATION }: { sub?: string; organizationId?: string | null } = {},
  ): Promise<string> => {
    const token = await system.token(roles, { sub, organizationId });
    const options = [
      `--sub ${sub}`,
      ...(organizationId === null ? [] : [`--organization ${organizationId}`]),
      ...roles.map((role) => `--role ${role}`),
    ];
    commands.set(token, `npm run -s token -- ${options.join(" ")}`);
    return token;
  };
  const admin = await of(["admin"]);
  const tokens: Record<(typeof TOKENS)[number], string[]> = {
    admin: [admin],
    reader: [await of(["data.read", "events.read"])],
    writer: [await of(["data.write", "events.write"])],
    bob: [await of(["admin"], { sub: "bob" })],
    large: [await of(["admin"], { organizationId: LARGE })],
    "other-organization": [await of(["admin"], { organizationId: OTHER })],
    "no-roles": [await of([])],
    "no-organization": [await of(["admin"], { organizationId: null })],
    none: [],
    empty: [""],
    garbage: ["a.b.c"],
    altered: [admin.replace(/.(.{10})$/, (_, end) => `${admin.at(-11) === "A" ? "B" : "A"}${end}`)],
    unsigned: [unsigned(admin)],
    basic: [],
    twice: [admin, admin],
    long: ["x".repeat(8_000)],
  };
  const authorization = new Map<string, readonly string[]>(
    Object.entries(tokens).map(([name, given]) => [name, given.map((token) => `Bearer ${token}`)]),
  );
  authorization.set("basic", ["Basic YTpi"]);
  return {
    authorization,
    commands,
    organizationOf: (name) => ({ "other-organization": OTHER, large: LARGE })[name] ?? ORGANIZATION,
  };
};

/** More than an export answers at once: 4 MB. */
const LARGE_BATCHES = 5;

/**
 * Gives the organization of `large` so many events that an export of them is a job, and answers where to ask for that
 * job.
 */
export const startLargeExport = async (
  system: System,
  { authorization }: Callers,
): Promise<{ path: string; token: string }> => {
  const headers = { authorization: authorization.get("large")?.[0] ?? "" };
  const event = { customerId: "c1", type: "opened", description: "large", detail: "x".repeat(45_000) };
  for (let batch = 0; batch < LARGE_BATCHES; batch += 1) {
    const body = Array.from({ length: 20 }, () => event);
    const { status, text } = await system.call("POST /events", { headers, body });
    if (status !== 202) throw new Error(`answered ${status}: ${text.slice(0, 200)}`);
  }
  const started = await eventually(
    () => system.call("GET /events/export", { headers }),
    ({ status }) => status === 202,
    60_000,
  );
  return { path: started.headers.get("location") ?? "", token: "large" };
};
