import type { Lane } from "../file/user-file.ts";
import type { MemoryVersions } from "./memory-versions.ts";

type ModelEntry = { write_counter: number; type: "txn" | "responses"; data: unknown; test?: boolean };

/** What must be announced of a user, in order: entries by their data, and deletes. */
export type Truth = { lane: Lane; generation: number; what: string }[];

/**
 * An engine that writes, deletes and rewrites one user's file, and forgets entries; it knows what must be announced.
 * A life may begin at 1 again, or go on counting.
 */
export const modelEngine = (bucket: MemoryVersions, key: string, userId: string, random: () => number) => {
  const truth: Truth = [];
  let generation = 0;
  let exists = false;
  let counter = 0;
  let from = 0;
  let number = 0;
  let changelog: ModelEntry[] = [];
  const chance = (share: number) => random() < share;

  const write = (): string => {
    if (!exists) {
      counter = chance(0.5) ? 0 : counter + Math.floor(random() * 3);
      from = counter;
      changelog = [];
    }
    // A life that goes on counting has no entries before its first: none is forgotten.
    const isFirst = !exists;
    exists = true;
    counter += 1;
    for (let entries = Math.floor(random() * 3.5); entries > 0; entries -= 1) {
      number += 1;
      const test = chance(0.3);
      changelog.push({
        write_counter: counter,
        type: chance(0.5) ? "txn" : "responses",
        data: { number },
        ...(test ? { test } : {}),
      });
      truth.push({ lane: test ? "test" : "real", generation, what: `${number}` });
    }
    if (isFirst) from = 0;
    if (!isFirst && chance(0.3)) {
      from = Math.max(from, counter - 1 - Math.floor(random() * 2));
      changelog = changelog.filter(({ write_counter }) => write_counter > from);
    }
    const file = {
      user_id: userId,
      write_counter: counter,
      ...(from > 0 ? { changelog_from: from } : {}),
      changelog,
    };
    return bucket.put(key, JSON.stringify(file));
  };

  const remove = (): string => {
    if (exists) {
      for (const lane of ["real", "test"] as const) {
        if (truth.some((one) => one.lane === lane && one.generation === generation)) {
          truth.push({ lane, generation, what: "deleted" });
        }
      }
      generation += 1;
    }
    exists = false;
    return bucket.mark(key);
  };

  return {
    truth,
    step: (): string => (chance(0.25) ? remove() : write()),
    /** What a consumer must hold in the end. */
    state: (lane: Lane): string[] | "deleted" | "nothing" => {
      const last = truth.filter((one) => one.lane === lane).at(-1);
      if (!last) return "nothing";
      if (last.what === "deleted") return "deleted";
      return truth
        .filter((one) => one.lane === lane && one.generation === last.generation)
        .map(({ what }) => what);
    },
  };
};
