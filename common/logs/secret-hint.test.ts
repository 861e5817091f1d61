import fc from "fast-check";
import { expect, it } from "vitest";
import { makeMask } from "#common/log-message/mask.ts";
import { hintsAtSecret } from "./secret-hint.ts";

const mask = makeMask();

it("is there in every text that the mask changes", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4 }),
    fc.constantFrom(
      "4111",
      "1111",
      "5555",
      "4444",
      "41111111",
      "Bearer abc",
      "bearer: x",
      " ",
      "-",
      "\\n",
      "\u00a0",
      "\u2013",
      ".",
    ),
    fc.constantFrom("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "ewogICJhIn0.b", "eyAiYSI6MX0.x", "x", "0"),
  );
  let changed = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      if (mask.text(text) === text) return;
      changed += 1;

      expect(hintsAtSecret(text)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
  expect(changed).toBeGreaterThan(100);
  expect(hintsAtSecret("request received on the members' app at 16:33")).toBe(false);
});
