import { describe, expect, it } from "vitest";
import { soakTransactions } from "./soak-transactions.ts";

describe("importing transactions under faults", () => {
  it("comes to what the files say, whatever fails and dies", { timeout: 300_000 }, async () => {
    const { faults, rows, killed } = await soakTransactions({ rows: 12_000, chaos: 0.1, seed: 1 });

    expect(faults).toEqual([]);
    expect(rows).toBeGreaterThanOrEqual(12_000);
    expect(killed).toBeGreaterThan(0);
  });
});
