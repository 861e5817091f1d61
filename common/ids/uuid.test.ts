import { afterEach, describe, expect, it, vi } from "vitest";
import { composeUuidV7, newId } from "./uuid.ts";

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const millisecondsOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ["of the runtime", newId],
  ["composed", composeUuidV7],
])("a UUIDv7 %s", (_, make) => {
  it("has the shape of one and holds the millisecond it was made in", () => {
    const before = Date.now();
    const ids = Array.from({ length: 1_000 }, () => make());
    const after = Date.now();

    for (const id of ids) {
      expect(id).toMatch(V7);
      expect(millisecondsOf(id)).toBeGreaterThanOrEqual(before);
      expect(millisecondsOf(id)).toBeLessThanOrEqual(after);
    }
  });

  it("is never the same twice", () => {
    const ids = Array.from({ length: 20_000 }, () => make());

    expect(new Set(ids).size).toBe(ids.length);
  });

  it("sorts as text by the millisecond", () => {
    const ids = Array.from({ length: 5_000 }, () => make());

    const times = ids.toSorted().map(millisecondsOf);

    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe("a composed UUIDv7", () => {
  it.each([0, 1, 2 ** 32, 2 ** 48 - 1])("holds the whole of the millisecond %d", (ms) => {
    vi.useFakeTimers({ now: ms });

    const id = composeUuidV7();

    expect(id).toMatch(V7);
    expect(millisecondsOf(id)).toBe(ms);
  });
});
