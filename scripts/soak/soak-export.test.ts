import { describe, expect, it } from "vitest";
import { measureExport } from "./soak-export.ts";

describe("the soak of an export", () => {
  it.each(["csv", "ndjson"] as const)("writes each of 20,000 events once as %s", async (format) => {
    const { events, bytes } = await measureExport(20_000, format);

    expect(events).toBe(20_000);
    expect(bytes).toBeGreaterThan(20_000 * 100);
  });
});
