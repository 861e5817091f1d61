import type { Caller } from "./caller.ts";
import type { Key } from "./key-set.ts";

export type VerifiedToken = { readonly caller: Caller; readonly exp: number; readonly key: Key };

/**
 * Remembers up to `entriesMax` verified tokens. Whether an entry still counts is for its reader to say.
 *
 * There are two generations: when the recent one is full it becomes the older one, and that is forgotten;
 * what is read from the older one moves up. So whatever was among the last half to be used stays, as with
 * a list of the least recently used, but nothing is ever taken out of a full Map, whose holes would make
 * finding its oldest entry slow.
 */
export const makeVerifiedTokens = (entriesMax: number) => {
  const generationMax = Math.max(1, Math.floor(entriesMax / 2));
  let recent = new Map<string, VerifiedToken>();
  let older = new Map<string, VerifiedToken>();

  const set = (token: string, entry: VerifiedToken): void => {
    if (recent.size >= generationMax) {
      older = recent;
      recent = new Map();
    }
    recent.set(token, entry);
  };

  const get = (token: string): VerifiedToken | undefined => {
    const entry = recent.get(token);
    if (entry !== undefined) return entry;
    const old = older.get(token);
    if (old !== undefined) set(token, old);
    return old;
  };

  const forget = (token: string): void => {
    recent.delete(token);
    older.delete(token);
  };

  return { get, set, forget };
};
