import { describe, expect, it } from "vitest";
import { loadOperations } from "#local/testing/api/operations.ts";
import { soakApi } from "./soak-api.ts";

describe("the routes under generated requests", () => {
  it("answer 400 of them as the OpenAPI document says, each route with what was asked and with refusals", async () => {
    const { faults, requests, statuses } = await soakApi({ requests: 400, seed: 1 });

    expect(faults).toEqual([]);
    expect(requests).toBe(400);
    const routes = loadOperations().map(({ route }) => route);
    const without = (from: number, to: number) =>
      routes.filter(
        (route) => ![...(statuses.get(route)?.keys() ?? [])].some((status) => status >= from && status < to),
      );
    expect(without(400, 500)).toEqual([]);
    // Whether an id in a path is one that stands there is a matter of luck.
    expect(without(200, 300).filter((route) => !route.includes("{"))).toEqual([]);
    expect(without(200, 300)).not.toContain("GET /events/exports/{id}");
  }, 120_000);
});
