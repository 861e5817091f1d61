import { describe, expect, it } from "vitest";
import type { IdempotencyStore, Remembered } from "../idempotency.ts";

const NOW = Date.UTC(2026, 4, 5, 12);
const DAY_MS = 24 * 60 * 60 * 1000;
const LOCK = NOW + 10_000;

let scopes = 0;
const newScope = () => `scope-${process.pid}-${++scopes}`;

const remembered = (id: string, over: Partial<Remembered> = {}): Remembered => ({
  bodyHash: "hash",
  attempt: { id, time: "2026-05-05T12:00:00.000Z" },
  lockedUntilMs: LOCK,
  ...over,
});
const answer = { status: 202, headers: { "x-a": "b" }, body: '{"id":1}' };

/** What every idempotency store does; run on the fake and on the table. */
export const describeIdempotencyStore = (name: string, make: () => IdempotencyStore): void => {
  describe(`the idempotency store ${name}`, () => {
    it("lets the first one in and shows it to the second", async () => {
      const [store, scope] = [make(), newScope()];

      expect(await store.begin(scope, remembered("a"), NOW)).toBeUndefined();
      expect(await store.begin(scope, remembered("b", { bodyHash: "other" }), NOW)).toEqual(remembered("a"));
    });

    it("keeps scopes apart", async () => {
      const store = make();

      await store.begin(newScope(), remembered("a"), NOW);

      expect(await store.begin(newScope(), remembered("b"), NOW)).toBeUndefined();
    });

    it("lets exactly one of many in", async () => {
      const [store, scope] = [make(), newScope()];

      const all = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.begin(scope, remembered(`a-${index}`), NOW)),
      );

      expect(all.filter((earlier) => earlier === undefined)).toHaveLength(1);
      expect(new Set(all.flatMap((earlier) => earlier?.attempt.id ?? [])).size).toBe(1);
    });

    it("knows its own first try again when the answer to it was lost", async () => {
      const [store, scope] = [make(), newScope()];

      await store.begin(scope, remembered("a"), NOW);

      expect(await store.begin(scope, remembered("a"), NOW)).toBeUndefined();
    });

    it("gives the answer back as it was", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);

      await store.finish(scope, LOCK, answer);

      expect(await store.begin(scope, remembered("b"), NOW)).toEqual({ ...remembered("a"), answer });
    });

    it("counts for 24 hours and not longer", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);
      await store.finish(scope, LOCK, answer);

      expect(await store.begin(scope, remembered("b"), NOW + DAY_MS - 1_000)).toMatchObject({ answer });
      expect(await store.begin(scope, remembered("c"), NOW + DAY_MS)).toBeUndefined();
      expect(await store.begin(scope, remembered("d"), NOW + DAY_MS)).toEqual(remembered("c"));
    });

    it("lets one take over a stale lock, with the first attempt", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);

      const taken = await Promise.all([1, 2, 3].map((n) => store.takeOver(scope, LOCK, LOCK + n)));

      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await store.begin(scope, remembered("b"), NOW))?.attempt.id).toBe("a");
    });

    it("lets no request take over what has an answer", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);
      await store.finish(scope, LOCK, answer);

      expect(await store.takeOver(scope, LOCK, LOCK + 1)).toBe(false);
    });

    it("unlocks for the next one, with the first attempt", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);

      await store.unlock(scope, LOCK);

      expect(await store.begin(scope, remembered("b"), NOW)).toEqual(remembered("a", { lockedUntilMs: 0 }));
      expect(await store.takeOver(scope, 0, LOCK)).toBe(true);
    });

    it("forgets", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);

      await store.forget(scope, LOCK);

      expect(await store.begin(scope, remembered("b"), NOW)).toBeUndefined();
    });

    it("ignores a request whose lock was taken over", async () => {
      const [store, scope] = [make(), newScope()];
      await store.begin(scope, remembered("a"), NOW);
      await store.takeOver(scope, LOCK, LOCK + 1);

      await store.finish(scope, LOCK, answer);
      await store.unlock(scope, LOCK);
      await store.forget(scope, LOCK);

      expect(await store.begin(scope, remembered("b"), NOW)).toEqual(
        remembered("a", { lockedUntilMs: LOCK + 1 }),
      );
    });

    it("makes nothing of what is not there", async () => {
      const [store, scope] = [make(), newScope()];

      await store.finish(scope, LOCK, answer);
      await store.unlock(scope, LOCK);
      await store.forget(scope, LOCK);

      expect(await store.takeOver(scope, LOCK, LOCK + 1)).toBe(false);
      expect(await store.begin(scope, remembered("b"), NOW)).toBeUndefined();
    });
  });
};
