import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalNameFaults } from "./equal-names.ts";

const pathsOf = (text: string): string[] => equalNameFaults(text, JSON.parse(text)).map(({ path }) => path);

describe("fields that stand twice in one object", () => {
  it.each([
    ['{"a":1,"a":1}', ["/a"]],
    ['{"a" : 1 ,\n\t"a"\r\n:2}', ["/a"]],
    ['{"a":1,"\\u0061":2}', ["/a"]],
    ['{"a":1,"a":2,"a":3}', ["/a"]],
    ['{"":1,"":2}', ["/"]],
    ['{"a/b~":1,"a/b~":2}', ["/a~1b~0"]],
    ['{"a\\"":":","a\\"":2}', ['/a"']],
    ['{"\\\\":1,"\\\\":2}', ["/\\"]],
    ['[1,[{"x":{"y":[0,{"b":1,"c":[],"b":{}}]}}]]', ["/1/0/x/y/1/b"]],
    ['[{"a":1,"a":1},{"a":1},{"b":1,"b":1}]', ["/0/a", "/2/b"]],
    ['{"__proto__":1,"__proto__":2}', ["/__proto__"]],
    ['{"1":0,"0":0,"1":0}', ["/1"]],
  ])("of %s are reported with their places", (text, paths) => {
    expect(pathsOf(text)).toEqual(paths);
  });

  it.each([
    '{"a":{"a":{"a":[{"a":1},{"a":1}]}}}',
    '{"text":"{\\"a\\":1,\\"a\\":1}"}',
    '{"a":"\\\\","b":":"}',
    '["a:a","a:a"]',
    '"a:b"',
    "12",
  ])("are none in %s", (text) => {
    expect(pathsOf(text)).toEqual([]);
  });

  it("are none in whatever JSON.stringify writes, and one when any field of it is written twice", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.option(fc.nat(3), { nil: undefined }), (value, space) => {
        expect(pathsOf(JSON.stringify(value, undefined, space))).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.jsonValue(), fc.jsonValue(), (name, inner, other) => {
        const key = JSON.stringify(name);
        const text = `[{"z${name.length}":${JSON.stringify(other)}},{${key}:${JSON.stringify(inner)},${key}:${JSON.stringify(other)}}]`;
        const spoken = name.replaceAll("~", "~0").replaceAll("/", "~1");
        expect(pathsOf(text.replace(/"z\d+"/, key))).toEqual([`/1/${spoken}`]);
      }),
    );
  });
});
