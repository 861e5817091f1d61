import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BatchOptions, type Refused, sendInBatches, split } from "./batch.ts";

type Item = { id: number; bytes: number };

const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 });
const limits = fc.record({
  countMax: fc.integer({ min: 1, max: 12 }),
  bytesMax: fc.integer({ min: 1, max: 60 }),
});
const itemsOf = (bytes: number[]): Item[] => bytes.map((size, id) => ({ id, bytes: size }));
const bytesOf = ({ bytes }: Item) => bytes;
const sum = (part: readonly Item[]) => part.reduce((total, { bytes }) => total + bytes, 0);

describe("splitting", () => {
  it("keeps the order, loses nothing, and keeps both limits unless an entry alone breaks one", () => {
    fc.assert(
      fc.property(sizes, limits, (given, { countMax, bytesMax }) => {
        const items = itemsOf(given);

        const parts = split(items, { countMax, bytesMax, bytesOf });

        expect(parts.flat()).toEqual(items);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(countMax);
          if (part.length > 1) expect(sum(part)).toBeLessThanOrEqual(bytesMax);
        }
      }),
    );
  });

  it("begins a new part only when the next entry does not fit", () => {
    fc.assert(
      fc.property(sizes, limits, (given, { countMax, bytesMax }) => {
        const parts = split(itemsOf(given), { countMax, bytesMax, bytesOf });

        for (const [index, part] of parts.slice(0, -1).entries()) {
          const next = parts[index + 1]?.[0];
          expect(part.length === countMax || sum(part) + (next?.bytes ?? 0) > bytesMax).toBe(true);
        }
      }),
    );
  });
});

/** A service that answers each entry by a script of its own: taken, refused for now, refused for good, or the call dies. */
type Fate = "taken" | "later" | "never";

const quick = { sleep: async () => {}, random: () => 0.5 };

const serviceOf = (fates: readonly Fate[][], deadCalls: ReadonlySet<number>) => {
  const calls: Item[][] = [];
  const taken: number[] = [];
  const answered = new Map<number, Fate | "dead">();
  const tries = new Map<number, number>();
  const send: BatchOptions<Item>["send"] = async (part) => {
    const call = calls.push(part) - 1;
    if (deadCalls.has(call)) {
      for (const { id } of part) {
        tries.set(id, (tries.get(id) ?? 0) + 1);
        answered.set(id, "dead");
      }
      throw Object.assign(new Error("reset"), { name: "TimeoutError" });
    }
    return part.flatMap((item): Refused<Item>[] => {
      const attempt = tries.get(item.id) ?? 0;
      tries.set(item.id, attempt + 1);
      const fate = fates[item.id]?.[attempt] ?? "taken";
      // Never again what was taken or refused for good.
      expect(["taken", "never"]).not.toContain(answered.get(item.id));
      answered.set(item.id, fate);
      if (fate === "taken") taken.push(item.id);
      return fate === "taken" ? [] : [{ item, code: fate, reason: "scripted", retry: fate === "later" }];
    });
  };
  return { send, calls, taken, tries };
};

describe("sending in batches", () => {
  const fate = fc.constantFrom<Fate>("taken", "later", "later", "never");

  it("has every entry taken once or answered once, whatever pattern of refusals and dead calls comes", async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        limits,
        fc.array(fc.array(fate, { maxLength: 5 }), { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (given, limit, fates, dead, attemptsMax, parallelMax) => {
          const items = itemsOf(given);
          const service = serviceOf(fates, new Set(dead));

          const refused = await sendInBatches(items, {
            ...limit,
            bytesOf,
            attemptsMax,
            parallelMax,
            send: service.send,
            ...quick,
          });

          const seen = [...service.taken, ...refused.map(({ item }) => item.id)];
          expect(seen.toSorted((a, b) => a - b)).toEqual(items.map(({ id }) => id));
          for (const call of service.calls) expect(call.length).toBeLessThanOrEqual(limit.countMax);
          for (const tries of service.tries.values()) expect(tries).toBeLessThanOrEqual(attemptsMax);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("never has more calls under way than it may", async () => {
    let underWay = 0;
    let most = 0;
    const send = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return [];
    };

    await sendInBatches(itemsOf(Array(40).fill(1)), { countMax: 2, parallelMax: 3, send });

    expect(most).toBe(3);
  });

  it("sends again only what was refused", async () => {
    const service = serviceOf([["taken"], ["later"], ["never"], ["later", "later"]], new Set());

    const refused = await sendInBatches(itemsOf([1, 1, 1, 1]), {
      countMax: 10,
      send: service.send,
      ...quick,
    });

    expect(service.calls.map((call) => call.map(({ id }) => id))).toEqual([[0, 1, 2, 3], [1, 3], [3]]);
    expect(refused.map(({ item, code }) => [item.id, code])).toEqual([[2, "never"]]);
  });

  it.each([
    ["AccessDeniedException", "client", undefined, 1],
    ["ValidationException", "client", undefined, 1],
    ["ThrottlingException", "client", undefined, 3],
    ["ProvisionedThroughputExceededException", "client", undefined, 3],
    ["SomethingException", "client", { throttling: true }, 3],
    ["InternalServerError", "server", undefined, 3],
    ["TimeoutError", undefined, undefined, 3],
  ])("makes the calls that make sense when a call ends in %s", async (name, fault, retryable, calls) => {
    let made = 0;
    const send = async () => {
      made += 1;
      throw Object.assign(new Error("no"), {
        name,
        ...(fault ? { $fault: fault } : {}),
        ...(retryable ? { $retryable: retryable } : {}),
      });
    };

    const refused = await sendInBatches(itemsOf([1, 1]), { countMax: 10, attemptsMax: 3, send, ...quick });

    expect(made).toBe(calls);
    expect(refused.map(({ item, code, retry }) => [item.id, code, retry])).toEqual([
      [0, name, calls > 1],
      [1, name, calls > 1],
    ]);
  });

  it("waits longer each time, with jitter, up to two seconds", async () => {
    const waits: number[] = [];
    const send = async (items: Item[]) =>
      items.map((item) => ({ item, code: "later", reason: "", retry: true }));

    await sendInBatches(itemsOf([1]), {
      countMax: 1,
      attemptsMax: 10,
      send,
      random: () => 1,
      sleep: async (ms) => void waits.push(ms),
    });

    expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
  });
});
