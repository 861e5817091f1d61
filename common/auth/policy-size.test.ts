import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPolicy } from "#local/gateway/policy.ts";
import { makePolicyFor, POLICY_BYTES_MAX, type Routes } from "./policy.ts";
import { mayCall, ROLES } from "./roles.ts";

const STAGE = "arn:aws:execute-api:ap-southeast-1:000000000000:abcdefghij/prd";
const ANSWER_BYTES_MAX = 8192;
/** The most bytes that a caller's id can have. */
const LONGEST_USER_ID = "\u{fffd}".repeat(255);

const answerTo = (routes: Routes, roles: readonly string[]) =>
  makePolicyFor({ routes, environment: "prd", organizationsWithPlan: [] })(`${STAGE}/GET/data`, {
    userId: LONGEST_USER_ID,
    organizationId: "demo",
    roles,
    expiresAt: 1_800_000_000,
  });

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** A request that the gateway gives to this very route: no route has the word. */
const requestFor = (route: string): string =>
  `${STAGE}/${route.replace(" /", "/").replaceAll(/\{\w+\}/g, "no-such-word")}`;

const SERVICES = [
  "data",
  "events",
  "customers",
  "logs",
  "transactions",
  "imports",
  "connectors",
  "groups",
  "links",
  "activities",
  "places",
  "organisers",
  "favourites",
  "bookings",
  "children",
  "changes",
  "webhooks",
  "tenants",
  "members",
  "budgets",
  "messages",
  "sockets",
  "plans",
  "roles",
  "audits",
];

/** Twelve routes of each service, as a platform of many services has them: 300 in all. */
const PLATFORM: Routes = Object.fromEntries(
  SERVICES.flatMap((name, at) => {
    const role = ROLES[(2 * at) % (ROLES.length - 3)] ?? "";
    const write = role.replace(".read", ".write");
    return [
      [`GET /${name}`, role],
      [`GET /${name}/{id}`, role],
      [`GET /${name}/{id}/members`, role],
      [`GET /${name}/export`, role],
      [`GET /${name}/statistics`, "activities.audit"],
      [`GET /${name}/{id}/history`, "activities.audit"],
      [`POST /${name}`, write],
      [`POST /${name}/{id}/retry`, write],
      [`PUT /${name}/{id}`, write],
      [`PATCH /${name}/{id}`, write],
      [`DELETE /${name}/{id}`, "activities.organise"],
      [`POST /${name}/{id}/members`, write],
    ];
  }),
);

describe("the policy on a platform of 300 routes", () => {
  const routes = Object.keys(PLATFORM);
  const letThrough = (roles: readonly string[]) => {
    const allows = readPolicy(answerTo(PLATFORM, roles).policyDocument);
    return routes.filter((route) => allows(requestFor(route)));
  };
  const openTo = (roles: readonly string[]) =>
    routes.filter((route) => mayCall(roles, PLATFORM[route] ?? ""));

  it("has as many", () => {
    expect(routes).toHaveLength(300);
  });

  it.each(ROLES)("opens to %s alone what this role opens, and nothing else", (role) => {
    expect(letThrough([role])).toEqual(openTo([role]));
  });

  it("opens everything but what is closed to one who lacks a single role", () => {
    const most = ROLES.filter((role) => role !== "admin" && role !== "activities.organise");

    expect(letThrough(most)).toEqual(openTo(most));
  });

  it("opens no other method where the routes of a reader of everything fill it", () => {
    const readers = ROLES.filter((role) => role.endsWith(".read"));

    const needless = letThrough(readers).filter((route) => !openTo(readers).includes(route));

    expect(needless.filter((route) => !route.startsWith("GET "))).toEqual([]);
    expect(letThrough(readers)).toEqual(expect.arrayContaining(openTo(readers)));
  });
});

describe("the policy for any table of up to 300 routes and any set of roles", () => {
  const word = fc.constantFrom(...SERVICES, "a-rather-long-name-of-a-resource", "x");
  const segments = fc.array(fc.oneof({ weight: 3, arbitrary: word }, fc.constantFrom("{id}", "{memberId}")), {
    minLength: 1,
    maxLength: 5,
  });
  const route = fc
    .tuple(fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"), segments)
    .map(([method, path]) => `${method} /${path.join("/")}`);
  const tables = fc
    .uniqueArray(fc.tuple(route, fc.constantFrom(...ROLES)), {
      maxLength: 300,
      // The gateway takes no two routes that differ in their parameters' names only.
      selector: ([name]) => name.replaceAll(/\{\w+\}/g, "{}"),
      size: "max",
    })
    .map((entries): Routes => Object.fromEntries(entries));

  it("fits into the gateway's limit and closes nothing that the roles open", () => {
    fc.assert(
      fc.property(tables, fc.subarray([...ROLES]), (table, roles) => {
        const answer = answerTo(table, roles);
        const allows = readPolicy(answer.policyDocument);

        expect(bytes(answer.policyDocument)).toBeLessThanOrEqual(POLICY_BYTES_MAX);
        expect(bytes(answer)).toBeLessThan(ANSWER_BYTES_MAX);
        const closed = Object.keys(table)
          .filter((name) => mayCall(roles, table[name] ?? ""))
          .filter((name) => !allows(requestFor(name)));
        expect(closed).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["300 services", (at: number) => `GET /service-with-a-long-name-${at}/{id}`],
    ["300 routes of one service", (at: number) => `GET /events/a-long-name-of-a-route-${at}`],
    ["300 routes below a parameter", (at: number) => `GET /{tenantId}/a-long-name-of-a-route-${at}`],
  ])("fits where there are %s and every other one is open", (_, nameOf) => {
    const table = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [nameOf(at), at % 2 === 0 ? "data.read" : "data.write"]),
    );

    const answer = answerTo(table, ["data.read"]);

    expect(bytes(answer)).toBeLessThan(ANSWER_BYTES_MAX);
    const allows = readPolicy(answer.policyDocument);
    for (let at = 0; at < 300; at += 2) expect(allows(requestFor(nameOf(at)))).toBe(true);
  });
});
