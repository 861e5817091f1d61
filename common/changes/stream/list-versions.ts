import type { Version } from "../plan/fresh-versions.ts";

/** Where a listing goes on: behind this version of the key, or at its newest. */
export type After = string | undefined;

/**
 * One page of a key's versions, newest first, as the SDK gives it: versions and delete markers in two lists, and
 * which of them is the newest of the key. `next` is there when more may be left.
 */
export type VersionPage = { versions: Version[]; markers: Version[]; latest?: string; next?: string };

export type ReadVersionPage = (key: string, after: After, limit: number) => Promise<VersionPage>;

const PAGE = 1_000;

/**
 * All versions and delete markers of a key, newest first, down to the version `until` and with it. The two lists of a
 * page are merged by their times; where a version and a marker have the same second, a page of one entry
 * says which comes next.
 */
export const listVersions = async (
  readPage: ReadVersionPage,
  key: string,
  until: string,
): Promise<Version[]> => {
  const listed: Version[] = [];

  const nextOfOne = async (versions: Version[], markers: Version[]): Promise<Version[]> => {
    const page = await readPage(key, listed.at(-1)?.id, 1);
    const id = page.versions[0]?.id ?? page.markers[0]?.id;
    // Neither when it was removed in between: the listing is made again in that case.
    if (id === versions[0]?.id) return versions;
    if (id === markers[0]?.id) return markers;
    throw new ListingMoved();
  };

  const listPage = async (after: After): Promise<string | undefined> => {
    const { versions, markers, latest, next } = await readPage(key, after, PAGE);
    while (versions.length > 0 || markers.length > 0) {
      const [version, marker] = [versions[0], markers[0]];
      let from = version && (!marker || version.modifiedAt > marker.modifiedAt) ? versions : markers;
      if (version && marker && version.modifiedAt === marker.modifiedAt) {
        if (version.id === latest) from = versions;
        else if (marker.id === latest) from = markers;
        else from = await nextOfOne(versions, markers);
      }
      const taken = from.shift();
      if (taken) listed.push(taken);
      if (taken?.id === until) return undefined;
    }
    return next;
  };

  let after: After;
  do after = await listPage(after);
  while (after !== undefined);
  return listed;
};

/** Versions were removed while they were listed: what was read so far is no listing. */
export class ListingMoved extends Error {
  override readonly name = "ListingMoved";
}
