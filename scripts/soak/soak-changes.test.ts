import { describe, expect, it } from "vitest";
import { soakChanges } from "./soak-changes.ts";

describe("streaming changes under faults", () => {
  it("comes to exactly the files' state, in order, whatever fails and dies", {
    timeout: 300_000,
  }, async () => {
    const { faults, events, killed } = await soakChanges({ writes: 4_000, users: 80, chaos: 0.1, seed: 1 });

    expect(faults).toEqual([]);
    expect(events).toBeGreaterThan(4_000);
    expect(killed).toBeGreaterThan(0);
  });
});
