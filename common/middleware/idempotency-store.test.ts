import { afterEach, describe, expect, it, vi } from "vitest";
import { grantedStore, idempotencyFault } from "./idempotency-store.ts";

const answers = { 202: { description: "Taken." } };
const idempotent = { "POST /things": { summary: "", idempotent: true, answers } } as const;
const other = { "GET /things": { summary: "", answers } } as const;
const granted = { tables: { idempotency: ["read", "write"] } };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the store of an idempotent contract", () => {
  it.each([
    ["no access", undefined],
    ["another table", { tables: { records: ["read", "write"] } }],
    ["half of it", { tables: { idempotency: "read" } }],
  ])("is missed at start when the manifest grants %s, with what to write there", (_, access) => {
    vi.stubEnv("IDEMPOTENCY_TABLE", "table");
    const message = 'POST /things is idempotent, so function.json must grant it: "tables": { "idempotency"';

    expect(idempotencyFault(idempotent, access)).toContain(message);
    expect(() => grantedStore(idempotent, access)).toThrow(message);
  });

  it("is missed at start when the environment does not name it", () => {
    vi.stubEnv("IDEMPOTENCY_TABLE", "");

    expect(() => grantedStore(idempotent, granted)).toThrow("IDEMPOTENCY_TABLE is missing");
  });

  it("is one, of the table that the manifest grants", async () => {
    vi.stubEnv("IDEMPOTENCY_TABLE", "table");
    const store = grantedStore(idempotent, granted);

    expect(await store()).toBe(await store());
  });

  it("is asked for by no other contract", () => {
    expect(idempotencyFault(other)).toBeUndefined();
    expect(() => grantedStore(other)).not.toThrow();
  });
});
