import type { Caller } from "./caller.ts";
import type { Key } from "./key-set.ts";

export type VerifiedToken = { readonly caller: Caller; readonly exp: number; readonly key: Key };

/**
 * Tokens that were verified, most recently used last; the least recently used ones make room. Whether an
 * entry still counts is for its reader to say.
 */
export const makeVerifiedTokens = (entriesMax: number) => {
  const entries = new Map<string, VerifiedToken>();
  return {
    get(token: string): VerifiedToken | undefined {
      const entry = entries.get(token);
      if (entry === undefined) return undefined;
      entries.delete(token);
      entries.set(token, entry);
      return entry;
    },
    set(token: string, entry: VerifiedToken): void {
      entries.set(token, entry);
      if (entries.size <= entriesMax) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
    delete(token: string): void {
      entries.delete(token);
    },
    get size(): number {
      return entries.size;
    },
  };
};
