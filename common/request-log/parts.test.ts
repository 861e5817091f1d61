import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRequestLog } from "./index.ts";
import { partsOf } from "./parts.ts";
import { keeping } from "./testing/keeping.ts";

const events = fc.array(
  fc.string({ maxLength: 60 }).map((text) => {
    const json = JSON.stringify(text);
    return { json, bytes: Buffer.byteLength(json) };
  }),
  { maxLength: 60 },
);

describe("parting events", () => {
  it("keeps every event whole and in its order, within both limits, with no part that could hold more", () => {
    fc.assert(
      fc.property(
        events,
        fc.integer({ min: 10, max: 300 }),
        fc.integer({ min: 1, max: 12 }),
        (all, bytesMax, countMax) => {
          const parts = partsOf(all, bytesMax, countMax);

          expect(parts.flat()).toEqual(all);
          for (const [index, part] of parts.entries()) {
            const bytes = Buffer.byteLength(part.map(({ json }) => json).join());
            expect(part.length).toBeGreaterThan(0);
            expect(part.length).toBeLessThanOrEqual(countMax);
            if (part.length > 1) expect(bytes).toBeLessThanOrEqual(bytesMax);
            const next = parts[index + 1]?.[0];
            if (next) expect(part.length === countMax || bytes + 1 + next.bytes > bytesMax).toBe(true);
          }
        },
      ),
    );
  });
});

describe("a log that is larger than a message", () => {
  it("is parted, and nothing in it is cut", async () => {
    const texts = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 120_000 }), fc.constantFrom("x", "é", "😀", '"', "\u0001")),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(texts, async (sizes) => {
        const { publish, kept, messages } = keeping();
        const requestLog = createRequestLog({ publish });
        const log = requestLog({ logType: "web", organizationID: "demo" });
        const details = sizes.map(([size, text]) => ({ text: text.repeat(Math.ceil(size / 6)) }));

        for (const [index, detail] of details.entries()) log.event(`${index}`, "", { detail });
        await log.end();
        await requestLog.flush(30_000);

        expect(messages().flatMap((message) => message.events.map(({ detail }) => detail))).toEqual(details);
        for (const { body } of kept) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(250_000);
        const ids = messages().map(({ id }) => id.split(".").slice(1).join("."));
        expect(ids).toEqual(ids.length === 1 ? ["1"] : ids.map((_, index) => `1.${index + 1}`));
      }),
      { numRuns: 50 },
    );
  });

  it("is parted at a thousand events", async () => {
    const { publish, messages } = keeping();
    const requestLog = createRequestLog({ publish });
    const log = requestLog({ logType: "web", organizationID: "demo" });

    for (let number = 0; number < 1_001; number += 1) log.event("a", "b");
    await log.end();
    await requestLog.flush(30_000);

    expect(messages().map((message) => message.events.length)).toEqual([1_000, 1]);
  });
});
