import { describe, expect, it } from "vitest";
import { soakApi } from "./soak-api.ts";

describe("the routes under generated requests", () => {
  it("answer 400 of them as the OpenAPI document says, each route with what was asked and with refusals", async () => {
    const { faults, requests, statuses } = await soakApi({ requests: 400, seed: 1 });

    expect(faults).toEqual([]);
    expect(requests).toBe(400);
    const answered = (from: number, to: number) =>
      [...statuses].filter(
        ([, counts]) => ![...counts.keys()].some((status) => status >= from && status < to),
      );
    expect(answered(400, 500)).toEqual([]);
    // Whether an id in a path is one that stands there is a matter of luck.
    expect(answered(200, 300).filter(([route]) => !route.includes("{"))).toEqual([]);
  });
});
