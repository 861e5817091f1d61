import { describe, expect, it } from "vitest";
import { openPage } from "./answer-page.ts";
import { bytesInAnswer, countFitting } from "./answer-size.ts";
import { makeCursors } from "./cursor.ts";
import { fillPage } from "./fill-page.ts";

const cursors = makeCursors({ keys: async () => new Uint8Array(32) });
const scope = { route: "GET /things", organizationId: "demo", userId: "alice", filters: {} };

/** Reads a list of numbers to its end; answers what each page had. */
const readAll = async (all: number[], limit: number, toJson: (item: number) => string = String) => {
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const page = await openPage<number, number>({
      cursors,
      scope,
      cursor,
      find: async (after = -1) => {
        const rest = all.filter((item) => item > after);
        return { items: rest.slice(0, limit), next: rest.length > limit ? rest[limit - 1] : undefined };
      },
      toJson,
      positionOf: (item) => item,
    });
    const { status, body } = await page();
    expect(status).toBe(200);
    const answer = JSON.parse((body as { text: string }).text);
    pages.push(
      answer.items.map((item: { n: number } | number) => (typeof item === "number" ? item : item.n)),
    );
    cursor = answer.cursor ?? undefined;
  } while (cursor !== undefined && pages.length < 50);
  return pages;
};

describe("a page of a list", () => {
  it("has a cursor exactly when something is left", async () => {
    expect(await readAll([], 2)).toEqual([[]]);
    expect(await readAll([1, 2], 2)).toEqual([[1, 2]]);
    expect(await readAll([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it("leaves to the next what does not fit an answer, and always has one item", async () => {
    const large = (n: number) => JSON.stringify({ n, text: "x".repeat(2_500_000) });

    expect(await readAll([1, 2, 3], 3, large)).toEqual([[1, 2], [3]]);
    expect(await readAll([1, 2], 2, (n) => JSON.stringify({ n, text: "x".repeat(7_000_000) }))).toEqual([
      [1],
      [2],
    ]);
  });

  it("counts what becomes of quotes in an answer of Lambda's", () => {
    const text = '"'.repeat(1_600_000);

    expect(bytesInAnswer(text)).toBe(3_200_002);
    expect(countFitting([text, text])).toBe(1);
    expect(countFitting(["a".repeat(1_600_000), "b".repeat(1_600_000)])).toBe(2);
  });

  it("refuses another list's cursor before anything is read", async () => {
    const cursor = await cursors.seal(1, { ...scope, route: "GET /others" });
    const page = openPage({
      cursors,
      scope,
      cursor,
      find: () => expect.unreachable(),
      toJson: String,
      positionOf: (item) => item,
    });

    await expect(page).rejects.toMatchObject({ code: "CURSOR_INVALID" });
  });
});

describe("filling a page", () => {
  const numbers = async function* (count: number) {
    for (let n = 0; n < count; n += 1) yield { n };
  };
  const fill = (count: number, limit: number, isMatch: (n: number) => boolean, now = () => 0) => {
    const looked: number[] = [];
    return fillPage<{ n: number }, { n: number }>({
      candidates: numbers(count),
      look: async (candidates) => {
        looked.push(candidates.length);
        return candidates.filter(({ n }) => isMatch(n));
      },
      positionOf: ({ n }) => String(n),
      limit,
      now,
    }).then(({ items, next }) => ({ found: items.map(({ n }) => n), next, looked }));
  };

  it("goes on until the page is full, and says where the next begins", async () => {
    expect(await fill(1_000, 2, (n) => n % 90 === 0)).toEqual({
      found: [0, 90],
      next: "90",
      looked: [3, 100, 100],
    });
  });

  it("never has more than the limit, also when the last look finds many", async () => {
    expect(await fill(60, 5, (n) => n > 10)).toEqual({
      found: [11, 12, 13, 14, 15],
      next: "15",
      looked: [6, 54],
    });
  });

  it("has no next when nothing is left", async () => {
    expect(await fill(6, 6, () => true)).toEqual({ found: [0, 1, 2, 3, 4, 5], next: undefined, looked: [6] });
    expect(await fill(0, 6, () => true)).toEqual({ found: [], next: undefined, looked: [] });
  });

  it("comes short after ten seconds, behind what was looked at", async () => {
    let now = 0;
    const { found, next } = await fill(
      1_000,
      1,
      () => false,
      () => (now += 6_000),
    );

    expect(found).toEqual([]);
    expect(next).toBe("101");
  });
});
