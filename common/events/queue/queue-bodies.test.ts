import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventMessage } from "../testing/events.ts";
import { EventsMessageSchema } from "./event-message.schema.ts";
import { type EventsMessage, eventsOf, queueBodies } from "./queue-bodies.ts";

describe("the bodies of queue messages", () => {
  it("hold every event once, in order, each body within its limit and its schema", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60_000 }), { maxLength: 30 }), (sizes) => {
        const events = sizes.map((size, number) => eventMessage(number, { detail: "é".repeat(size) }));

        const bodies = queueBodies(events);

        const messages = bodies.map((body) => JSON.parse(body) as EventsMessage);
        expect(messages.flatMap(eventsOf)).toEqual(events);
        for (const [index, body] of bodies.entries()) {
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(256_000);
          expect(EventsMessageSchema.faults(messages[index])).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("hold no character that SQS refuses, and say it all the same", () => {
    const event = eventMessage(1, { description: "\ufffe\uffff \\uffff é😀" });

    const [body = ""] = queueBodies([event]);

    expect(body).not.toMatch(/[\ufffe\uffff]/);
    expect(JSON.parse(body)).toEqual(event);
  });

  it("500 events of usual size are one message", () => {
    const bodies = queueBodies(Array.from({ length: 500 }, (_, number) => eventMessage(number)));

    expect(bodies).toHaveLength(1);
  });
});
