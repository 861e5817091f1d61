import { createHash } from "node:crypto";
import { AwsError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";
import type { BatchOperation, Level } from "./dynalite.ts";
import { under } from "./tables.ts";
import { canonical } from "./values.ts";

const TOKEN_MS = 10 * 60 * 1000;

/**
 * Tokens of transactions, kept for ten minutes and across restarts. A repetition is compared by its values:
 * an SDK may write the same request in another order.
 */
export const requestTokens = (level: Level, now: () => number) => {
  const running = new Set<string>();
  return {
    /**
     * Runs a request that writes its token in the same batch as its items. Returns undefined if the same
     * request with this token is done already. Throws if another request used the token, or if a request with
     * it still runs.
     */
    once: async <T>(
      token: string,
      request: unknown,
      run: (write: BatchOperation) => Promise<T>,
    ): Promise<T | undefined> => {
      if (running.has(token)) {
        throw new AwsError(
          "TransactionInProgressException",
          "The transaction with the given request token is already in progress.",
        );
      }
      // The token is taken before the stored one is read, so that no other request with this token runs in
      // between.
      running.add(token);
      try {
        const hash = hashOf(request);
        const before = await level.get(`token~${token}`).catch(() => undefined);
        if (!isRecord(before) || Number(before.at) <= now() - TOKEN_MS) {
          return await run({ type: "put", key: `token~${token}`, value: { hash, at: now() } });
        }
        if (before.hash === hash) return undefined;
        throw new AwsError(
          "IdempotentParameterMismatchException",
          "The request uses the same client token as a previous, but non-identical request.",
        );
      } finally {
        running.delete(token);
      }
    },
    forget: async (): Promise<void> => {
      for await (const [key, value] of level.iterator<unknown>(under("token~"))) {
        if (isRecord(value) && Number(value.at) <= now() - TOKEN_MS)
          await level.batch([{ type: "del", key }]);
      }
    },
  };
};
export type RequestTokens = ReturnType<typeof requestTokens>;

const hashOf = (request: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(canonical(request)))
    .digest("base64");
