import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Caller, callerOf } from "./caller.ts";
import { callerFromContext, contextOf } from "./context.ts";
import { ROLES } from "./roles.ts";

const names = { organization: "organizationId", role: "Role" };
const callerWith = (claims: object) => callerOf({ sub: "alice", ...claims }, names, 1_800_000_000);

describe("the roles in a token", () => {
  it.each([
    ["a list", ["data.read", "events.write"], ["data.read", "events.write"]],
    ["a text", "data.read events.write", ["data.read", "events.write"]],
    ["a text with more spaces", "  data.read   admin ", ["data.read", "admin"]],
    ["roles twice", ["data.read", "data.read"], ["data.read"]],
    ["roles that there are not", ["data.admin", "data.read ", "DATA.READ", "constructor", ""], []],
    ["commas", "data.read,events.write", []],
    ["a list with other things in it", ["data.read", 7, null, ["admin"], { role: "admin" }], ["data.read"]],
    ["a list in a list", [["admin"]], []],
    ["an object", { admin: true, 0: "admin", length: 1 }, []],
    ["a number", 7, []],
    ["true", true, []],
    ["null", null, []],
    ["nothing", undefined, []],
  ])("are read from %s", (_, Role, roles) => {
    expect(callerWith({ Role })?.roles).toEqual(roles);
  });
});

describe("the organization in a token", () => {
  it.each(["demo", "a", "0", "a-b", "a".repeat(63)])("may be %s", (organizationId) => {
    expect(callerWith({ organizationId })?.organizationId).toBe(organizationId);
  });

  it.each([
    "",
    "-a",
    "a-",
    "Demo",
    "a_b",
    "a b",
    "a\n",
    "ü",
    "a".repeat(64),
    7,
    null,
    ["demo"],
    { a: 1 },
    undefined,
  ])("is none when it is %j", (organizationId) =>
    expect(callerWith({ organizationId })?.organizationId).toBeNull(),
  );
});

describe("the caller in a token", () => {
  it("is read from claims of any name, and only from the token's own", () => {
    const cognito = { organization: "custom:organizationId", role: "custom:Role" };

    expect(
      callerOf(
        { sub: "a", "custom:organizationId": "demo", "custom:Role": "admin", Role: "data.read" },
        cognito,
        1.9,
      ),
    ).toEqual({ userId: "a", organizationId: "demo", roles: ["admin"], expiresAt: 1 });
    expect(callerOf(Object.create({ sub: "a" }), names, 1)).toBeUndefined();
  });

  it.each(["a".repeat(255), "auth0|1", "ü", "a b"])("may be called %s", (sub) => {
    expect(callerWith({ sub })?.userId).toBe(sub);
  });

  it.each([
    "",
    "a".repeat(256),
    "a\u0000",
    "\u007f",
    "a\u0085",
    "a\u2028",
    "a\ud800",
    "\udc00a",
    7,
    null,
    ["a"],
    undefined,
  ])("is no caller when sub is %j", (sub) => expect(callerWith({ sub })).toBeUndefined());

  it("may be called by a character that takes two surrogates", () => {
    expect(callerWith({ sub: "😀" })?.userId).toBe("😀");
  });

  it("expires at the latest when dates end", () => {
    expect(callerOf({ sub: "a" }, names, 1e300)?.expiresAt).toBe(253_402_300_799);
  });
});

describe("the context that the authorizer hands on", () => {
  const callers: fc.Arbitrary<Caller> = fc.record({
    userId: fc.stringMatching(/^[a-z0-9|@. ]{1,40}$/),
    organizationId: fc.option(fc.stringMatching(/^[a-z0-9]{1,20}$/)),
    roles: fc.subarray([...ROLES]),
    expiresAt: fc.integer({ min: 0, max: 253_402_300_799 }),
  });

  it("is the same caller again on the other side, in flat texts", () => {
    fc.assert(
      fc.property(callers, (caller) => {
        const context = contextOf(caller);
        expect(Object.values(context).every((value) => typeof value === "string")).toBe(true);
        expect(callerFromContext(context)).toEqual(caller);
      }),
    );
  });

  it.each([
    undefined,
    null,
    {},
    { userId: "a", roles: "" },
    { userId: "", roles: "", expiresAt: "1" },
    { userId: "\ud800", roles: "", expiresAt: "1" },
    { userId: "a", expiresAt: "1" },
    { userId: "a", roles: ["admin"], expiresAt: "1" },
    { userId: "a", roles: "", expiresAt: 1 },
    { userId: "a", roles: "", expiresAt: "" },
    { userId: "a", roles: "", expiresAt: "1e9" },
    { userId: "a", roles: "", expiresAt: "soon" },
  ])("is no caller when it is %j", (context) => {
    expect(callerFromContext(context)).toBeUndefined();
  });

  it("gives no organization and no role that there is not", () => {
    expect(callerFromContext({ userId: "a", organizationId: "A", roles: "x admin", expiresAt: "1" })).toEqual(
      {
        userId: "a",
        organizationId: null,
        roles: ["admin"],
        expiresAt: 1,
      },
    );
  });
});
