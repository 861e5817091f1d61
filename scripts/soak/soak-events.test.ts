import { describe, expect, it } from "vitest";
import { soakEvents } from "./soak-events.ts";

describe("events under chaos", () => {
  it("6,000 events through the persister while one call in ten fails: each readable once, chains whole", async () => {
    const result = await soakEvents({ events: 6_000, chaos: 0.1 });

    expect(result).toMatchObject({ faults: [], events: 6_000 });
    expect(result.conflicts).toBeGreaterThan(5);
    expect(result.repeated).toBeGreaterThan(50);
    expect(result.lostCalls + result.killed).toBeGreaterThan(0);
  });
});
