import type { Clock } from "#common/time/clock.ts";
import { type Key, type KeySet, keyId, parseKeySet } from "./key-set.ts";
import { IssuerUnreachable } from "./refusal.ts";

/** Where the issuer's keys come from. */
export type Keys = {
  /** The key of that name and algorithm; undefined when the issuer has none. Throws `IssuerUnreachable`. */
  find(kid: string, algorithm: string): Promise<Key | undefined>;
  /** Whether what this key verified a while ago may still count without looking the key up again. */
  holds(key: Key): boolean;
};

/** Keys given once and for all. Throws when the text is no JWKS or holds no key that can be used. */
export const inlineKeys = (text: string): Keys => {
  const keys = parseKeySet(text);
  if (keys.size === 0)
    throw new TypeError("expected a JWKS with an RS256, ES256 or EdDSA key that has a kid");
  return {
    find: async (kid, algorithm) => keys.get(keyId(kid, algorithm)),
    holds: (key) => keys.get(key.id) === key,
  };
};

export type FetchedKeysOptions = {
  fetchText: () => Promise<string>;
  now?: Clock;
  /** After this the keys are fetched again before one of them is used. */
  refreshAfterMs?: number;
  /** After this a key is no longer used even if the issuer cannot be reached. */
  dropAfterMs?: number;
  /** How long nothing is fetched after a fetch that did not bring the key asked for. */
  missWaitMs?: number;
  /** How long nothing is fetched after a fetch that failed. */
  failureWaitMs?: number;
};

/**
 * Keys of an issuer that answers a JWKS. They are fetched when the first one is asked for, when they are
 * old, and when a token names one that is not there; but tokens with invented names do not cause
 * a fetch each, because a fetch that did not bring the key is followed by a pause.
 */
export const fetchedKeys = ({
  fetchText,
  now = Date.now,
  refreshAfterMs = 5 * 60_000,
  dropAfterMs = 10 * 60_000,
  missWaitMs = 10_000,
  failureWaitMs = 2_000,
}: FetchedKeysOptions): Keys => {
  let keys: KeySet = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let pauseUntil = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let running: Promise<void> | undefined;

  const age = (): number => now() - fetchedAt;

  const fetchKeys = async (): Promise<void> => {
    try {
      keys = parseKeySet(await fetchText(), keys);
      fetchedAt = now();
      failure = undefined;
    } catch (error) {
      failure = error;
      pauseUntil = now() + failureWaitMs;
    } finally {
      running = undefined;
    }
  };

  const find = async (kid: string, algorithm: string): Promise<Key | undefined> => {
    const id = keyId(kid, algorithm);
    const known = keys.get(id);
    if (known !== undefined && age() < refreshAfterMs) return known;

    if (running !== undefined || now() >= pauseUntil) {
      running ??= fetchKeys();
      await running;
      if (failure === undefined && !keys.has(id)) pauseUntil = now() + missWaitMs;
    }
    const found = age() < dropAfterMs ? keys.get(id) : undefined;
    if (found === undefined && failure !== undefined) {
      throw new IssuerUnreachable("the issuer's keys could not be fetched", { cause: failure });
    }
    return found;
  };

  return { find, holds: (key) => age() < refreshAfterMs && keys.get(key.id) === key };
};
