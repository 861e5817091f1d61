import { describe, expect, it } from "vitest";
import { isRole, mayCall, ROLES } from "./roles.ts";

describe("the roles", () => {
  it("are known, each once, and nothing else is", () => {
    expect(ROLES.every(isRole)).toBe(true);
    expect(new Set(ROLES).size).toBe(ROLES.length);
    for (const name of ["", "data", "data.admin", "Data.read", "toString"]) expect(isRole(name)).toBe(false);
  });

  it("open what asks for them; admin opens everything", () => {
    expect(mayCall(["data.read", "events.write"], "events.write")).toBe(true);
    expect(mayCall(["data.read"], "data.write")).toBe(false);
    expect(mayCall([], "data.read")).toBe(false);
    expect(mayCall(["admin"], "data.read")).toBe(true);
    expect(mayCall(["data.read"], "admin")).toBe(false);
  });
});
