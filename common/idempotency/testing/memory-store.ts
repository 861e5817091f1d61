import type { IdempotencyStore, Remembered } from "../idempotency.ts";

const KEPT_MS = 24 * 60 * 60 * 1000;

/** The store in memory, for tests; it passes the contract that the table passes. */
export const memoryStore = (): IdempotencyStore => {
  const items = new Map<string, Remembered & { expiresAtMs: number }>();
  const mine = (scope: string, lockedUntilMs: number) => {
    const item = items.get(scope);
    return item?.lockedUntilMs === lockedUntilMs && item.answer === undefined ? item : undefined;
  };
  return {
    begin: async (scope, remembered, nowMs) => {
      const item = items.get(scope);
      if (item && item.expiresAtMs > nowMs && item.attempt.id !== remembered.attempt.id) {
        const { expiresAtMs: _, ...rest } = item;
        return structuredClone(rest);
      }
      items.set(scope, { ...structuredClone(remembered), expiresAtMs: nowMs + KEPT_MS });
      return undefined;
    },
    takeOver: async (scope, staleUntilMs, lockedUntilMs) => {
      const item = mine(scope, staleUntilMs);
      if (item) item.lockedUntilMs = lockedUntilMs;
      return item !== undefined;
    },
    finish: async (scope, lockedUntilMs, answer) => {
      const item = mine(scope, lockedUntilMs);
      if (item) item.answer = structuredClone(answer);
    },
    unlock: async (scope, lockedUntilMs) => {
      const item = mine(scope, lockedUntilMs);
      if (item) item.lockedUntilMs = 0;
    },
    forget: async (scope, lockedUntilMs) => {
      if (mine(scope, lockedUntilMs)) items.delete(scope);
    },
  };
};
