import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import type { CallSum } from "../seams.ts";
import { callsRoute } from "./calls-route.ts";

const sum = (more: Partial<CallSum>): CallSum => ({
  function: "events-reader",
  service: "dynamodb",
  action: "Query",
  calls: 1,
  failed: 0,
  throttled: 0,
  readUnits: 0.5,
  writeUnits: 0,
  ...more,
});

const setup = () => {
  const asked: (number | undefined)[] = [];
  const route = callsRoute({
    since: (time) => {
      asked.push(time);
      return { since: 1_000, now: 2_000, items: [sum({}), sum({ action: "GetItem" })] };
    },
  });
  return { asked, get: (query: string) => route.get(new URLSearchParams(query)) };
};

describe("GET /_millrace/calls", () => {
  it("answers in a steady order what was called since a time, or since the start", () => {
    const { asked, get } = setup();

    const answer = get("");
    get("since=2026-11-21T09:30:00Z");
    get("since=2026-11-21T10:30:00+01:00");

    expect(answer).toEqual({
      since: "1970-01-01T00:00:01.000Z",
      now: "1970-01-01T00:00:02.000Z",
      items: [sum({ action: "GetItem" }), sum({})],
    });
    const time = Date.parse("2026-11-21T09:30:00Z");
    expect(asked).toEqual([undefined, time, time]);
  });

  it.each<[string, string[]]>([
    ["since=", ["/since"]],
    ["since=yesterday", ["/since"]],
    ["since=2026-02-30T00:00:00Z", ["/since"]],
    ["since=1795000000", ["/since"]],
    ["since=2026-11-21T09:30:00Z&since=2026-11-21T09:30:00Z", ["/since"]],
    ["since=x&until=y", ["/until", "/since"]],
  ])("refuses %s", (query, paths) => {
    const { get } = setup();
    let refusal: unknown;
    try {
      get(query);
    } catch (error) {
      refusal = error;
    }

    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal instanceof AppError && refusal.code).toBe("INPUT_INVALID");
    expect(refusal instanceof AppError && refusal.errors?.map(({ path }) => path)).toEqual(paths);
  });
});
