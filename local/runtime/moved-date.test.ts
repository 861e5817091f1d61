import { describe, expect, it } from "vitest";
import { makeClock } from "../clock.ts";
import { payloadOf, useRuntime } from "./testing/runtime.ts";

const start = useRuntime();

const setup = (statement: string) => {
  const clock = makeClock();
  const code = `const loadedAt = Date.now(); exports.handler = async (event, context) => { ${statement} }`;
  const { runtime } = start({ clock: { code } }, { clock });
  const invoke = async () => payloadOf(await runtime.invoke("clock", {})) as Record<string, unknown>;
  return { clock, invoke, size: () => runtime.size("clock") };
};

const HOUR_MS = 3_600_000;
/** Whole hours between a time and the machine's. */
const hoursAhead = (time: unknown): string => `${Math.round((Number(time) - Date.now()) / HOUR_MS) || 0} h`;

describe("a function's Date", () => {
  it("follows the platform's clock in a thread that is there already, however it is asked", async () => {
    const { clock, invoke, size } = setup(
      "return { loadedAt, now: Date.now(), date: new Date().getTime(), text: Date.parse(Date()), left: context.getRemainingTimeInMillis() }",
    );
    const hours = async () => {
      const { left, ...times } = await invoke();
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(60_000);
      return Object.values(times).map(hoursAhead);
    };

    expect(await hours()).toEqual(["0 h", "0 h", "0 h", "0 h"]);
    clock.moveTo(Date.now() + 48 * HOUR_MS);
    expect(await hours()).toEqual(["0 h", "48 h", "48 h", "48 h"]);
    clock.moveTo(Date.now() - 24 * HOUR_MS);
    expect(await hours()).toEqual(["0 h", "-24 h", "-24 h", "-24 h"]);
    expect(size()).toBe(1);
  });

  it("is in every other way the machine's", async () => {
    const { clock, invoke } = setup(`
      class Day extends Date { name() { return "day"; } }
      const date = new Date(2025, 0, 31, 12);
      return {
        fixed: [new Date(0).toISOString(), new Date("2025-01-31").getTime(), date.getHours(), Date.UTC(2025, 0), new Date(date).getTime() === date.getTime()],
        kind: [date instanceof Date, date.constructor === Date, Object.prototype.toString.call(date), typeof Date(), Date.name, Date.length],
        own: [new Day().name(), new Day() instanceof Day, new Day() instanceof Date, Math.abs(new Day() - Date.now()) < 1000],
        copy: structuredClone(date) instanceof Date,
        invalid: String(new Date(undefined)),
        keys: Object.keys(Date),
      };`);
    clock.moveTo(Date.now() + HOUR_MS);

    expect(await invoke()).toEqual({
      fixed: ["1970-01-01T00:00:00.000Z", Date.UTC(2025, 0, 31), 12, Date.UTC(2025, 0), true],
      kind: [true, true, "[object Date]", "string", "Date", 7],
      own: ["day", true, true, true],
      copy: true,
      invalid: "Invalid Date",
      keys: [],
    });
  });
});
