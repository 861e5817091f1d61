import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CursorScope, makeCursors, rememberedDayKeys } from "./cursor.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 4, 5, 12);

const scope: CursorScope = {
  route: "GET /data",
  organizationId: "demo",
  userId: "user-1",
  filters: { type: "a", from: "b" },
};

const setup = (startMs = NOON) => {
  let now = startMs;
  const asked: number[] = [];
  const cursors = makeCursors({
    keys: async (day) => {
      asked.push(day);
      return createHash("sha256").update(`secret ${day}`).digest();
    },
    now: () => now,
  });
  return {
    ...cursors,
    asked,
    at: (ms: number) => {
      now = ms;
    },
  };
};

const invalid = { code: "CURSOR_INVALID", status: 400 };
const expired = { code: "CURSOR_EXPIRED", status: 400 };

describe("a cursor", () => {
  it("opens to the position it was sealed with, for its own scope", async () => {
    const { seal, open } = setup();
    const text = fc.string({ unit: "grapheme" });
    const scopes = fc.record({
      route: text,
      organizationId: text,
      userId: text,
      filters: fc.dictionary(text, fc.oneof(text, fc.array(text), fc.integer())),
    });

    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), scopes, async (position, own) => {
        const plain: unknown = JSON.parse(JSON.stringify(position));

        expect(await open(await seal(plain, own), own)).toEqual(plain);
      }),
    );
  });

  it("opens to the bytes it was sealed with, each of which takes four thirds of a character", async () => {
    const { seal, open } = setup();

    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 6_000 }), async (bytes) => {
        const cursor = await seal(bytes, scope);

        expect(new Uint8Array((await open(cursor, scope)) as Uint8Array)).toEqual(bytes);
        expect(cursor.length).toBeLessThanOrEqual(Math.ceil((bytes.length * 4) / 3) + 60);
      }),
    );
  });

  it("does not care in which order its filters were named", async () => {
    const { seal, open } = setup();

    const cursor = await seal("here", scope);

    expect(await open(cursor, { ...scope, filters: { from: "b", type: "a" } })).toBe("here");
  });

  it("is never the same twice, nor shows its position", async () => {
    const { seal } = setup();

    const [one, two] = [await seal("position-here", scope), await seal("position-here", scope)];

    expect(one).not.toBe(two);
    expect(Buffer.from(one, "base64url").toString("latin1")).not.toContain("position-here");
  });

  it("is refused with any one byte altered", async () => {
    const { seal, open } = setup();
    const cursor = await seal({ id: "0199" }, scope);
    const bytes = Buffer.from(cursor, "base64url");

    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ flip;

        // Another day may also be one that is too long ago.
        await expect(open(altered.toString("base64url"), scope)).rejects.toMatchObject({ status: 400 });
      }),
      { numRuns: 300 },
    );
  });

  it("is refused with any one character altered, added or left out", async () => {
    const { seal, open } = setup();
    const cursor = await seal("x", scope);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \u{1f600}";
    const character = fc.constantFrom(...alphabet);

    await fc.assert(
      fc.asyncProperty(fc.nat(cursor.length), fc.nat(1), character, async (at, cut, other) => {
        const altered = cursor.slice(0, at) + other + cursor.slice(at + cut);
        fc.pre(altered !== cursor);

        await expect(open(altered, scope)).rejects.toMatchObject({ status: 400 });
      }),
    );
    await expect(open(cursor.slice(0, -1), scope)).rejects.toMatchObject(invalid);
    await expect(open(cursor.slice(1), scope)).rejects.toMatchObject(invalid);
  });

  it("is refused whatever text comes in its place", async () => {
    const { open } = setup();

    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (text) => {
        await expect(open(text, scope)).rejects.toMatchObject({ status: 400 });
      }),
    );
  });

  it.each([
    ["user's", { userId: "user-2" }],
    ["organization's", { organizationId: "other" }],
    ["route's", { route: "GET /events" }],
    ["filters'", { filters: { type: "a", from: "c" } }],
    ["filters' that say less", { filters: { type: "a" } }],
    ["filters' that say more", { filters: { type: "a", from: "b", to: "c" } }],
  ])("is refused as another %s", async (_, over) => {
    const { seal, open } = setup();
    const cursor = await seal("x", { ...scope, ...over });

    await expect(open(cursor, scope)).rejects.toMatchObject(invalid);
  });

  it("opens until 24 hours have passed and not from then on, across midnight too", async () => {
    for (const start of [NOON, NOON - 12 * HOUR_MS, NOON + 12 * HOUR_MS - 1]) {
      const { seal, open, at } = setup(start);
      const cursor = await seal("x", scope);

      at(start + DAY_MS - 1);
      expect(await open(cursor, scope)).toBe("x");

      at(start + DAY_MS);
      await expect(open(cursor, scope)).rejects.toMatchObject(expired);
    }
  });

  it("is refused without asking for a key when its day is tomorrow or too long ago", async () => {
    const { seal, open, at, asked } = setup();
    const cursor = await seal("x", scope);
    asked.length = 0;

    at(NOON - DAY_MS);
    await expect(open(cursor, scope)).rejects.toMatchObject(invalid);
    at(NOON + 3 * DAY_MS);
    await expect(open(cursor, scope)).rejects.toMatchObject(expired);

    expect(asked).toEqual([]);
  });

  it("sealed under another key is refused", async () => {
    const other = makeCursors({ keys: async () => Buffer.alloc(32, 1), now: () => NOON });
    const cursor = await other.seal("x", scope);

    await expect(setup().open(cursor, scope)).rejects.toMatchObject(invalid);
  });
});

describe("the keys of days", () => {
  it("are derived once a day, also for those who ask at once", async () => {
    const asked: string[] = [];
    const keys = rememberedDayKeys(async (message) => {
      asked.push(message);
      return Buffer.from(message);
    });

    await Promise.all([keys(1), keys(1), keys(2)]);
    await keys(1);

    expect(asked).toEqual(["cursor 1", "cursor 2"]);
  });

  it("are derived again after a failure", async () => {
    let fails = true;
    const keys = rememberedDayKeys(async () => {
      if (fails) throw new Error("KMS");
      return Buffer.alloc(32);
    });

    await expect(keys(1)).rejects.toThrow("KMS");
    fails = false;

    expect(await keys(1)).toEqual(Buffer.alloc(32));
  });

  it("are held for the latest days only", async () => {
    const asked: string[] = [];
    const keys = rememberedDayKeys(async (message) => {
      asked.push(message);
      return Buffer.alloc(32);
    }, 2);

    for (const day of [1, 2, 3, 3, 2, 1]) await keys(day);

    expect(asked).toEqual(["cursor 1", "cursor 2", "cursor 3", "cursor 1"]);
  });
});
