import { describe, expect, it, vi } from "vitest";

vi.mock("virtual:routes", () => ({ routes: { "GET /data": "data.read" } }));
describe("x", () => {
  it("y", async () => {
    vi.stubEnv("ENVIRONMENT", "local");
    await expect(import("./handler.ts")).rejects.toThrow(
      "TOKEN_ISSUER is missing; TOKEN_AUDIENCE is missing",
    );
  });
});
