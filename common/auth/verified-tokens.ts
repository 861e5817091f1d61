import type { Caller } from "./caller.ts";
import type { Key } from "./key-set.ts";

/**
 * The end of a token's signature is enough to find it by, and hashing a whole one costs 1 µs. What is
 * found is compared in full.
 */
const KEY_LENGTH = 32;
const keyOf = (token: string): string => token.slice(-KEY_LENGTH);

export type VerifiedToken = { readonly caller: Caller; readonly exp: number; readonly key: Key };

/**
 * Remembers up to `entriesMax` verified tokens. The reader decides whether an entry still counts.
 *
 * There are two generations: when the recent one is full it becomes the older one, and that is forgotten;
 * what is read from the older one moves up. So whatever was among the last half to be used stays, as with
 * a list of the least recently used, but nothing is ever taken out of a full Map, whose holes would make
 * finding its oldest entry slow.
 */
export const makeVerifiedTokens = (entriesMax: number) => {
  const generationMax = Math.max(1, Math.floor(entriesMax / 2));
  type Entry = { readonly token: string; readonly verified: VerifiedToken };
  let recent = new Map<string, Entry>();
  let older = new Map<string, Entry>();

  const put = (key: string, entry: Entry): void => {
    if (recent.size >= generationMax) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, entry);
  };

  const find = (key: string): Entry | undefined => {
    const entry = recent.get(key);
    if (entry !== undefined) return entry;
    const old = older.get(key);
    if (old !== undefined) put(key, old);
    return old;
  };

  return {
    get(token: string): VerifiedToken | undefined {
      const entry = find(keyOf(token));
      return entry?.token === token ? entry.verified : undefined;
    },
    set(token: string, verified: VerifiedToken): void {
      put(keyOf(token), { token, verified });
    },
    forget(token: string): void {
      const key = keyOf(token);
      recent.delete(key);
      older.delete(key);
    },
  };
};
