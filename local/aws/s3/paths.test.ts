import { join, resolve, sep } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathsIn } from "./paths.ts";

const ROOT = "/data/buckets";
const paths = pathsIn(ROOT);

const hostile = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom("..", ".", "", "/", "a", "objects", "\0", "\\", "C:", "é"), { maxLength: 8 })
    .map((parts) => parts.join("/")),
);

/** Strictly inside: neither the folder itself nor anything beside it. */
const isInside = (folder: string, path: string): boolean =>
  resolve(path) === path && path.startsWith(folder + sep) && path.length > folder.length + 1;

describe("the way from a key to a path", () => {
  it("ends inside the bucket's folder or nowhere", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constant("bucket")), hostile, (bucket, key) => {
        const path = paths.ofKey(bucket, key);
        if (path !== undefined) expect(isInside(join(ROOT, "objects", bucket), path)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("shows what a file system can name", () => {
    expect(paths.ofKey("bucket", "a/b c/ü.txt")).toBe("/data/buckets/objects/bucket/a/b c/ü.txt");
  });

  it.each(["", "/", ".", "..", "a//b", "a/", "/a", "a/./b", "a/../b", "a\0b", "a\\b", "n".repeat(201)])(
    "has no path for the key %j",
    (key) => {
      expect(paths.ofKey("bucket", key)).toBeUndefined();
    },
  );

  it.each(["", "..", "a", ".ab", "b/c", "-ab", "AB"])("has no path in a bucket called %j", (bucket) => {
    expect(paths.ofKey(bucket, "key")).toBeUndefined();
  });
});

describe("the way from a file's name to a path", () => {
  it("takes the names that the store makes, and refuses all others", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostile,
          hostile.map((text) => `other/${text}`),
          hostile.map((text) => `parts/${text}`),
        ),
        (name) => {
          try {
            expect(isInside(ROOT, paths.ofFile(name))).toBe(true);
          } catch (error) {
            expect(String(error)).toContain("not the name of a stored file");
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(() => paths.ofFile("")).toThrow("not the name of a stored file");
    expect(() => paths.ofFile("other")).toThrow("not the name of a stored file");
  });
});
