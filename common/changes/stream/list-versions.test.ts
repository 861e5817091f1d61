import { describe, expect, it } from "vitest";
import { memoryVersions } from "../testing/memory-versions.ts";
import { ListingMoved, listVersions } from "./list-versions.ts";

const KEY = "users/demo/u1.json";

/** A key whose changes are one letter each, p for a put and d for a delete, all in one second unless a space is between. */
const setup = (changes: string) => {
  let clock = 0;
  const bucket = memoryVersions(() => clock);
  for (const letter of changes) {
    if (letter === " ") clock += 1_000;
    else if (letter === "p") bucket.put(KEY, "{}");
    else bucket.mark(KEY);
  }
  const truth = bucket
    .versions(KEY)
    .map(({ id }) => id)
    .reverse();
  return { bucket, truth };
};

describe("the versions of a key", () => {
  it.each(["p", "d", "pd", "dp", "pdp", "ppddpdp", "p d p", "pd pd pd", "pdpd dpdp"])(
    "come in S3's order for %s",
    async (changes) => {
      const { bucket, truth } = setup(changes);

      const listed = await listVersions(bucket.readPage, KEY, "");

      expect(listed.map(({ id }) => id)).toEqual(truth);
    },
  );

  it("take one page where no version and marker share a second", async () => {
    const { bucket } = setup("ppp d pp");

    await listVersions(bucket.readPage, KEY, "");

    expect(bucket.calls.lists).toBe(1);
  });

  it("come over pages, and end at the version that is known", async () => {
    const { bucket, truth } = setup("p".repeat(2_500));

    expect((await listVersions(bucket.readPage, KEY, "")).map(({ id }) => id)).toEqual(truth);
    expect(bucket.calls.lists).toBe(3);
    expect(await listVersions(bucket.readPage, KEY, truth[2] ?? "")).toHaveLength(3);
    expect(bucket.calls.lists).toBe(4);
  });

  it("are no listing when one was removed while they were listed", async () => {
    const { bucket, truth } = setup("pdpd");
    const readPage: typeof bucket.readPage = (key, after, limit) => {
      if (limit === 1) for (const id of truth) bucket.remove(KEY, id);
      return bucket.readPage(key, after, limit);
    };

    await expect(listVersions(readPage, KEY, "")).rejects.toBeInstanceOf(ListingMoved);
  });
});
