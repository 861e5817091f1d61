import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { isRole, mayCall, ROLES } from "./roles.ts";

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../functions/function.schema.json"), "utf8"),
);

describe("the roles", () => {
  it("are those that a manifest may name, no more and no less", () => {
    const accepts = new Ajv().compile(schema.definitions.role);
    const words = new Set(JSON.stringify(schema.definitions.role).match(/[a-z]+/g));
    const mentioned = [...words].flatMap((one) => [one, ...[...words].map((other) => `${one}.${other}`)]);

    expect(mentioned.filter((name) => accepts(name)).sort()).toEqual([...ROLES].sort());
    expect(ROLES.every((role) => isRole(role) && accepts(role))).toBe(true);
  });

  it("open what asks for them; admin opens everything", () => {
    expect(mayCall(["data.read", "events.write"], "events.write")).toBe(true);
    expect(mayCall(["data.read"], "data.write")).toBe(false);
    expect(mayCall([], "data.read")).toBe(false);
    expect(mayCall(["admin"], "data.read")).toBe(true);
    expect(mayCall(["data.read"], "admin")).toBe(false);
  });
});
