import type { Version } from "../plan/fresh-versions.ts";
import type { ReadVersionPage } from "../stream/list-versions.ts";

type Stored = Version & { body?: string };

/** The versions of the keys of a versioned bucket, oldest first, listed as the SDK lists them: in two lists, by whole seconds. */
export const memoryVersions = (now: () => number) => {
  const keys = new Map<string, Stored[]>();
  const calls = { lists: 0, gets: 0 };
  let made = 0;

  const of = (key: string): Stored[] => keys.get(key) ?? [];
  const add = (key: string, body: string | undefined): string => {
    made += 1;
    const id = `v${made}`;
    const modifiedAt = new Date(Math.floor(now() / 1_000) * 1_000).toISOString();
    const bytes = body === undefined ? 0 : Buffer.byteLength(body);
    keys.set(key, [
      ...of(key),
      { id, isMarker: body === undefined, modifiedAt, bytes, ...(body === undefined ? {} : { body }) },
    ]);
    return id;
  };
  const readPage: ReadVersionPage = async (key, after, limit) => {
    calls.lists += 1;
    const newest = of(key).toReversed();
    const start = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
    const page = newest.slice(start, start + limit);
    const last = page.at(-1);
    const isMore = start + limit < newest.length;
    return {
      versions: page.filter(({ isMarker }) => !isMarker),
      markers: page.filter(({ isMarker }) => isMarker),
      ...(newest[0] && start === 0 ? { latest: newest[0].id } : {}),
      ...(isMore && last ? { next: last.id } : {}),
    };
  };

  return {
    calls,
    keys,
    readPage,
    put: (key: string, body: string): string => add(key, body),
    mark: (key: string): string => add(key, undefined),
    remove: (key: string, version: string): void => {
      keys.set(
        key,
        of(key).filter(({ id }) => id !== version),
      );
    },
    versions: (key: string): readonly Stored[] => of(key),
    read: (key: string, version: string): Uint8Array | undefined => {
      calls.gets += 1;
      const body = of(key).find(({ id }) => id === version)?.body;
      return body === undefined ? undefined : Buffer.from(body);
    },
  };
};

export type MemoryVersions = ReturnType<typeof memoryVersions>;
