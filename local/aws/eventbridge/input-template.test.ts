import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillTemplate, isTemplate } from "./input-template.ts";

const source = (value: unknown) => ({
  event: { id: "1", source: "s", "detail-type": "t", detail: { value } },
  ruleArn: "arn:rule",
  ruleName: "rule",
  ingestionTime: "2026-01-01T00:00:00Z",
});
const fill = (template: string, value: unknown) =>
  fillTemplate({ template, paths: { value: "$.detail.value", every: "$.detail.value[*].n" } }, source(value));

describe("a template", () => {
  it("of JSON gives back every value that stands for a whole value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON writes minus zero as zero.
        expect(JSON.parse(fill('{"x": <value>}', value) ?? "")).toEqual({
          x: JSON.parse(JSON.stringify(value)),
        });
      }),
    );
  });

  it("of text gives back every text, and no quote of an object", () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (text, object) => {
        expect(fill('"<value>"', text)).toBe(`"${text}"`);
        expect(fill("<value>", object)).not.toContain('"');
      }),
    );
  });

  it("is not delivered when a value within a text breaks its JSON", () => {
    expect(fill('{"x": "<value>"}', 'a "quoted" word')).toBeUndefined();
    expect(fill('{"x": "<value>"}', { 1: 2 })).toBeUndefined();
    expect(fill('{"x": "<value>"}', [1, 2])).toBe('{"x": "[1,2]"}');
  });

  it("sees that a placeholder stands within a text although the text has escaped quotes", () => {
    expect(fill('{"x": "\\"<value>\\""}', "a")).toBe('{"x": "\\"a\\""}');
  });

  it("takes every element that a path with a star finds", () => {
    expect(fill('{"x": <every>}', [{ n: 1 }, {}, { n: 2 }])).toBe('{"x": [1,2]}');
  });

  it.each([
    ['{"a": <b>}', true],
    ['{"a": "<b> and <c>"}', true],
    ['["<a>", <b>]', true],
    ['"one <a>"', true],
    ['"one <a>"\n"two <b>"', true],
    ["not quoted <a>", false],
    ['{"a": <b>', false],
    ["", false],
  ])("is one or is none: %s", (template, is) => {
    expect(isTemplate(template)).toBe(is);
  });
});
