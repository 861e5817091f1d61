import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { makeClock } from "../clock.ts";
import { clockRoute } from "./clock-route.ts";

const setup = () => {
  const machine = Date.parse("2026-11-21T09:30:00.000Z");
  const clock = makeClock(() => machine);
  return { clock, route: clockRoute(clock) };
};

describe("PUT /_millrace/clock", () => {
  it("moves the clock to a time or by seconds, and answers what it then is", () => {
    const { clock, route } = setup();
    const answers = [
      route.get(new URLSearchParams()),
      route.put?.({ now: "2026-12-01T04:00:00+01:00" }),
      route.put?.({ advanceSeconds: 3600.5 }),
      route.put?.({ advanceSeconds: 0 }),
      route.put?.({ now: "2026-11-21T09:30:00Z" }),
    ];

    expect(answers).toEqual(
      [
        "2026-11-21T09:30:00.000Z",
        "2026-12-01T03:00:00.000Z",
        "2026-12-01T04:00:00.500Z",
        "2026-12-01T04:00:00.500Z",
        "2026-11-21T09:30:00.000Z",
      ].map((now) => ({ now })),
    );
    expect(clock.ahead[0]).toBe(0);
  });

  it.each<[unknown, string[]]>([
    [{}, [""]],
    [null, [""]],
    [{ now: 1_795_000_000 }, ["/now"]],
    [{ now: "tomorrow" }, ["/now"]],
    [{ now: "1999-12-31T23:59:59Z" }, ["/now"]],
    [{ now: "2100-01-01T00:00:01Z" }, ["/now"]],
    [{ advanceSeconds: -1 }, ["/advanceSeconds"]],
    [{ advanceSeconds: "60" }, ["/advanceSeconds"]],
    [{ advanceSeconds: 1e12 }, ["/advanceSeconds"]],
    [{ now: "2026-12-01T00:00:00Z", advanceSeconds: 1 }, [""]],
    [{ advanceSeconds: null, advance: 1 }, ["/advanceSeconds", "/advance"]],
  ])("refuses %j and moves nothing", (body, paths) => {
    const { clock, route } = setup();
    let refusal: unknown;
    try {
      route.put?.(body);
    } catch (error) {
      refusal = error;
    }

    expect(refusal instanceof AppError && refusal.errors?.map(({ path }) => path)).toEqual(paths);
    expect(clock.ahead[0]).toBe(0);
  });
});
