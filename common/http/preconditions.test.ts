import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertPreconditions, type EntityTags, parseEntityTags, readPreconditions } from "./preconditions.ts";

const tag = fc.record({
  isWeak: fc.boolean(),
  opaque: fc.stringMatching(/^[!#-~\u0080-\u00ff]{0,8}$/).map((text) => `"${text}"`),
});
const written = ({ isWeak, opaque }: { isWeak: boolean; opaque: string }) => `${isWeak ? "W/" : ""}${opaque}`;

describe("the entity tags of a header", () => {
  it("are read as they were written, commas within them and all, whatever stands between them", () => {
    const between = fc.constantFrom(",", ", ", " ,\t", ",,", ", ,");
    const ends = fc.constantFrom("", ",", " ", " ,");
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 5 }), between, ends, (tags, comma, end) => {
        expect(parseEntityTags(tags.map(written).join(comma) + end)).toEqual(tags);
      }),
    );
  });

  it("are all of them with *", () => {
    expect(parseEntityTags(" * ")).toBe("*");
  });

  it.each([
    "",
    " ",
    ",",
    "abc",
    '"abc',
    'abc"',
    "'abc'",
    'w/"a"',
    'W/ "a"',
    '"a" "b"',
    '"a", *',
    '"a b"',
    '"a"b',
  ])("are malformed in %j", (header) => {
    expect(parseEntityTags(header)).toBeUndefined();
  });

  it("take no longer for a header that is as long as headers may be", () => {
    for (const header of [" ".repeat(10_000), `"a"${" ".repeat(10_000)}x`, `"${"a".repeat(10_000)}`]) {
      const start = performance.now();
      expect(parseEntityTags(header)).toBeUndefined();
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });
});

describe("preconditions", () => {
  const read = (headers: Record<string, string>) =>
    readPreconditions(["If-Match", "If-None-Match"], (name) => headers[name]);

  it("are those that were sent, and each malformed one is a fault of its header", () => {
    expect(read({})).toEqual({ preconditions: {}, faults: [] });
    expect(read({ "if-match": "*", "if-none-match": "x" })).toEqual({
      preconditions: { ifMatch: "*" },
      faults: [{ in: "header", path: "/if-none-match", message: expect.stringContaining("double quotes") }],
    });
  });

  const strong = [{ isWeak: false, opaque: '"a"' }];
  const weak = [{ isWeak: true, opaque: '"a"' }];
  it.each<[string, EntityTags, string | undefined, boolean, boolean]>([
    ["*, nothing there", "*", undefined, false, true],
    ["*, something there", "*", '"a"', true, false],
    ["its tag", strong, '"a"', true, false],
    ["its tag, weak", weak, '"a"', false, false],
    ["another's tag", strong, '"b"', false, true],
    ["a tag, nothing there", strong, undefined, false, true],
  ])("with %s", (_, tags, etag, forMatch, forNoneMatch) => {
    const holds = (preconditions: Parameters<typeof assertPreconditions>[0]) => {
      try {
        assertPreconditions(preconditions, etag);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: "PRECONDITION_FAILED", status: 412 });
        return false;
      }
    };

    expect([holds({ ifMatch: tags }), holds({ ifNoneMatch: tags })]).toEqual([forMatch, forNoneMatch]);
  });
});
