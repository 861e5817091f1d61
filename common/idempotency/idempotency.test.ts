import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, RawJson } from "#common/http/answers.ts";
import {
  type Attempt,
  type BeginOptions,
  begin,
  type IdempotencyStore,
  idempotencyKeyOf,
  scopeOf,
} from "./idempotency.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { describeIdempotencyStore } from "./testing/store-contract.ts";

describeIdempotencyStore("in memory", memoryStore);

const LOCK_MS = 10_000;

type Perform = (attempt: Attempt) => Promise<Answer>;

/** A whole request, as the http stack goes through it. */
const once = async (store: IdempotencyStore, options: BeginOptions, perform: Perform): Promise<Answer> => {
  const begun = await begin(store, options);
  if ("remembered" in begun) return begun.remembered;
  try {
    const answer = await perform(begun.attempt);
    await begun.answered(answer);
    return answer;
  } catch (error) {
    await begun.failed(error);
    throw error;
  }
};

const setup = () => {
  const store = memoryStore();
  const clock = { ms: Date.UTC(2026, 4, 5, 12) };
  let attempts = 0;
  const request = (perform: Perform, bodyHash = "body", over = store) => {
    const attempt = { id: `attempt-${++attempts}`, time: "2026-05-05T12:00:00.000Z" };
    const options = { scope: "scope", bodyHash, attempt, lockMs: LOCK_MS, now: () => clock.ms };
    return once(over, options, perform);
  };
  return { store, clock, request };
};

const made = async ({ id }: Attempt): Promise<Answer> => ({ status: 201, body: { id } });
const fails = (error: unknown) => async (): Promise<Answer> => {
  throw error;
};
const notCalled = async (): Promise<Answer> => {
  throw new Error("performed again");
};

describe("a request with an Idempotency-Key", () => {
  it("answers a repetition as the first time, without doing it again", async () => {
    const { request } = setup();
    const answer = { status: 202, headers: { "x-a": "b" }, body: { id: 1 } };

    await request(async () => answer);

    expect(await request(notCalled)).toEqual({ ...answer, body: new RawJson('{"id":1}') });
  });

  it("repeats an answer without a body and one of raw JSON", async () => {
    const [empty, raw] = [setup(), setup()];
    await empty.request(async () => ({ status: 204 }));
    await raw.request(async () => ({ status: 200, body: new RawJson("[1.0]") }));

    expect(await empty.request(notCalled)).toEqual({ status: 204, headers: {} });
    expect(await raw.request(notCalled)).toMatchObject({ body: new RawJson("[1.0]") });
  });

  it("is 422 with another body, while it runs, after it ended, and after it failed", async () => {
    const { request } = setup();
    const mismatch = { code: "IDEMPOTENCY_MISMATCH", status: 422 };

    await expect(
      request(async () => {
        await expect(request(notCalled, "other")).rejects.toMatchObject(mismatch);
        throw new Error("half-way");
      }),
    ).rejects.toThrow("half-way");
    await expect(request(notCalled, "other")).rejects.toMatchObject(mismatch);
    await request(made);
    await expect(request(notCalled, "other")).rejects.toMatchObject(mismatch);
  });

  it("is 409 with what is left of the lock in whole seconds while the first one runs", async () => {
    const { request, clock } = setup();

    await request(async () => {
      clock.ms += 3_001;
      await expect(request(notCalled)).rejects.toMatchObject({
        code: "IDEMPOTENCY_IN_PROGRESS",
        status: 409,
        retryAfterSeconds: 7,
      });
      return { status: 200 };
    });
  });

  it("is done again under the first attempt when the first one died, once its lock has run out", async () => {
    const { request, clock, store } = setup();
    const dies: IdempotencyStore = { ...store, finish: () => new Promise(() => {}) };
    const dead = request(made, "body", dies);
    await new Promise(setImmediate);

    clock.ms += LOCK_MS - 1;
    await expect(request(notCalled)).rejects.toMatchObject({ retryAfterSeconds: 1 });
    clock.ms += 1;

    expect(await request(made)).toMatchObject({ body: { id: "attempt-1" } });
    expect(await Promise.race([dead, "hangs"])).toBe("hangs");
  });

  it.each([
    ["thrown", fails(new Error("oh")), "attempt-1"],
    ["thrown as retryable", fails(new AppError("DEPENDENCY_FAILED")), "attempt-1"],
    ["answered", async () => ({ status: 503 }), "attempt-1"],
    ["thrown as final", fails(new AppError("NOT_FOUND")), "attempt-2"],
    ["answered as final", async () => ({ status: 404 }), "attempt-2"],
  ])(
    "is not remembered when its failure is %s; the next one performs as it should",
    async (_, perform, id) => {
      const { request } = setup();

      await request(perform).catch(() => {});

      expect(await request(made)).toMatchObject({ body: { id } });
      expect(await request(notCalled)).toMatchObject({ body: new RawJson(JSON.stringify({ id })) });
    },
  );

  it("keeps the first attempt when a repetition fails for good", async () => {
    const { request } = setup();
    await request(fails(new Error("half-way"))).catch(() => {});
    await request(fails(new AppError("NOT_FOUND"))).catch(() => {});

    expect(await request(made)).toMatchObject({ body: { id: "attempt-1" } });
  });

  it("stands as it was answered, whatever fails behind the answer", async () => {
    const { request, store } = setup();
    const begun = await begin(store, {
      scope: "scope",
      bodyHash: "body",
      attempt: { id: "attempt-0", time: "2026-05-05T12:00:00.000Z" },
      lockMs: LOCK_MS,
      now: () => Date.UTC(2026, 4, 5, 12),
    });
    if ("remembered" in begun) throw new Error("nothing is remembered yet");
    await begun.answered({ status: 202, body: { id: 1 } });

    await begun.failed(new AppError("NOT_FOUND"));

    expect(await request(notCalled)).toMatchObject({ status: 202 });
  });

  it("fails with its own error when the lock cannot be released", async () => {
    const { request, store } = setup();
    const broken: IdempotencyStore = { ...store, unlock: fails(new Error("store")) as never };

    await expect(request(fails(new Error("first")), "body", broken)).rejects.toThrow("first");
  });
});

describe("any history of requests with one key", () => {
  /** How one request goes: its body, how its action ends, and where it dies, if it does. */
  const step = fc.record({
    body: fc.constantFrom("a", "a", "a", "b"),
    action: fc.constantFrom("ok", "ok", "before", "after", "final"),
    dies: fc.constantFrom("no", "no", "no", "after-begin", "after-action", "finish-lost"),
    passMs: fc.constantFrom(0, 1, LOCK_MS - 1, LOCK_MS, LOCK_MS + 1),
    beside: fc.boolean(),
  });

  it("has one effect at the most, and every success answers with that one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.scheduler(), async (steps, scheduler) => {
        const { store, clock, request } = setup();
        const effects = new Set<string>();
        const answered = new Set<string>();
        const outcomes: string[] = [];
        const forever = () => new Promise<never>(() => {});

        const run = async ({ body, action, dies }: (typeof steps)[number]) => {
          const slow: IdempotencyStore = {
            begin: async (...all) => {
              const earlier = await scheduler.schedule(store.begin(...all));
              return dies === "after-begin" ? forever() : earlier;
            },
            takeOver: (...all) => scheduler.schedule(store.takeOver(...all)),
            finish: async (...all) => {
              if (dies === "after-action") return forever();
              await scheduler.schedule(store.finish(...all));
              return dies === "finish-lost" ? forever() : undefined;
            },
            unlock: (...all) => scheduler.schedule(store.unlock(...all)),
            forget: (...all) => scheduler.schedule(store.forget(...all)),
          };
          const perform = async ({ id }: Attempt): Promise<Answer> => {
            await scheduler.schedule(Promise.resolve());
            if (action === "before") throw new Error("before");
            if (action === "final") throw new AppError("NOT_FOUND");
            effects.add(`${body} ${id}`);
            if (action === "after") throw new Error("after");
            return { status: 201, body: { id } };
          };
          try {
            const answer = await request(perform, body, slow);
            const text = answer.body instanceof RawJson ? answer.body.text : JSON.stringify(answer.body);
            answered.add(`${body} ${JSON.parse(text).id}`);
            outcomes.push("answered");
          } catch (error) {
            outcomes.push(error instanceof AppError ? error.code : "failed");
          }
        };

        for (const one of steps) {
          const running = run(one);
          // Either the next request comes while this one runs, or this one ends, or hangs, first.
          if (!one.beside) await scheduler.waitIdle();
          void running;
          clock.ms += one.passMs;
        }
        await scheduler.waitIdle();
        clock.ms += LOCK_MS + 1;

        // Final failures without an effect free the key, also for another body; effects stay one per body.
        for (const body of ["a", "b"]) {
          const of = (all: Set<string>) => [...all].filter((one) => one.startsWith(`${body} `));
          expect(of(effects).length).toBeLessThanOrEqual(1);
          for (const one of of(answered)) expect(of(effects)).toContain(one);
        }
        expect(
          outcomes.every((outcome) =>
            ["answered", "failed", "NOT_FOUND", "IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_MISMATCH"].includes(
              outcome,
            ),
          ),
        ).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the Idempotency-Key", () => {
  it.each(["a", "x".repeat(255), "!~"])("may be %s", (key) => {
    expect(idempotencyKeyOf(key)).toBe(key);
  });

  it.each(["", "x".repeat(256), "a b", "\u00e9", "a\n"])("may not be %j", (key) => {
    expect(() => idempotencyKeyOf(key)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it("may be left out", () => {
    expect(idempotencyKeyOf(undefined)).toBeUndefined();
  });

  it("has a scope of its own for each organization, user, route and key, however they are cut", () => {
    const text = fc.string();
    fc.assert(
      fc.property(fc.tuple(text, text, text, text), fc.tuple(text, text, text, text), (one, other) => {
        expect(scopeOf(one) === scopeOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
    expect(scopeOf(["a", "b", "c", "d"])).not.toBe(scopeOf(["ab", "", "c", "d"]));
  });
});
