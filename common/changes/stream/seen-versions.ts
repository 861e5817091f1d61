/** Most ids that are remembered, over all keys. */
const IDS_MAX = 50_000;

/**
 * Remembers which versions this instance has seen streamed. Of a thousand writes at once the first listing shows all,
 * but each later batch of doorbells has a sequencer that is greater than the row's. A version that was in a
 * listing whose plan is out needs no other.
 */
export const makeSeenVersions = () => {
  const keys = new Map<string, Set<string>>();
  let ids = 0;
  return {
    has: (key: string, version: string | undefined): boolean =>
      version !== undefined && keys.get(key)?.has(version) === true,
    add: (key: string, versions: readonly string[]): void => {
      const known = keys.get(key) ?? new Set();
      // Put at the end: the keys at the beginning are the first to go.
      keys.delete(key);
      ids -= known.size;
      for (const version of versions.slice(0, IDS_MAX)) known.add(version);
      keys.set(key, known);
      ids += known.size;
      for (const [oldest, { size }] of keys) {
        if (ids <= IDS_MAX || oldest === key) break;
        keys.delete(oldest);
        ids -= size;
      }
    },
  };
};
