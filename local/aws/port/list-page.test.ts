import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOf } from "./list-page.ts";

const pagesOf = (items: readonly string[], limit: number): string[][] => {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const page = pageOf(items, (item) => item, { limit, token });
    if (page === undefined) throw new Error("its own token is none");
    pages.push(page.items);
    token = page.next;
  } while (token !== undefined);
  return pages;
};

describe("the pages of a list", () => {
  it("put together are the list in the order of its keys, in full pages but the last", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, unit: "grapheme" })),
        fc.integer({ min: 1, max: 5 }),
        (items, limit) => {
          const pages = pagesOf(items, limit);

          expect(pages.flat()).toEqual(items.toSorted((a, b) => (a < b ? -1 : 1)));
          for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
        },
      ),
    );
  });

  it("go on after the last key that was shown, whatever was removed since", () => {
    const first = pageOf(["a", "b", "c", "d"], (item) => item, { limit: 2, token: undefined });

    const second = pageOf(["a", "c", "d"], (item) => item, { limit: 2, token: first?.next });

    expect(second?.items).toEqual(["c", "d"]);
  });

  it("know a token that is none", () => {
    expect(pageOf(["a"], (item) => item, { limit: 1, token: "not a token!" })).toBeUndefined();
  });
});
