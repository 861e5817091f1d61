import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deaggregate } from "./deaggregate.ts";

describe("parting a record", () => {
  it("gives every object again, whatever is in it and however they are glued", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    const gap = fc.constantFrom("", "\n", " \r\n\t");
    fc.assert(
      fc.property(fc.array(fc.tuple(object, gap), { minLength: 1, maxLength: 20 }), (given) => {
        const record = Buffer.from(given.map(([value, after]) => JSON.stringify(value) + after).join(""));

        expect(deaggregate(record)?.map((part) => JSON.parse(part.toString()))).toEqual(
          given.map(([value]) => JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });

  it("ends at 500 objects", () => {
    expect(deaggregate(Buffer.from("{}".repeat(500)))).toHaveLength(500);
    expect(deaggregate(Buffer.from("{}".repeat(501)))).toBeUndefined();
  });

  it.each(["", " \n", "[]", "[{}]", "{}[]", "{}x", "{", '{"a":"}', "7", "{},{}"])(
    "leaves %j whole",
    (text) => {
      expect(deaggregate(Buffer.from(text))).toBeUndefined();
    },
  );
});
