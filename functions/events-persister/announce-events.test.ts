import { describe, expect, it } from "vitest";
import { type Block, checksumOf, placedEvents, toBlockEvent } from "#common/events/chain/block.ts";
import type { ChainId } from "#common/events/event.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { type EventRecorded, makeAnnounceEvents } from "./announce-events.ts";

const blockOf = (numbers: number[], chain: ChainId = { epoch: 1, number: 0 }): Block => {
  const events = numbers.map((number) => toBlockEvent(eventMessage(number)));
  const block = { organizationId: "demo", chain, number: 1, firstSequence: 1, previousHash: "start" };
  return { ...block, hash: `end of ${numbers}`, events, checksums: events.map(checksumOf) };
};

const setup = () => {
  const published: EventRecorded[] = [];
  const announce = makeAnnounceEvents({
    externalIdsOf: async () => new Map([["customer-1", "sub-1"]]),
    publish: async (recorded) => void published.push(...recorded),
  });
  return { published, announce: (block: Block) => announce(block, placedEvents(block)) };
};

describe("announcing a block", () => {
  it("puts one event on the bus for each customer: ids, types, count, and the user behind the customer", async () => {
    const { announce, published } = setup();

    await announce(blockOf([0, 1, 3, 4]));

    expect(published).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        organizationId: "demo",
        time: eventMessage(3).recordedAt,
        customerId: "customer-0",
        count: 2,
        eventIds: ["event-0", "event-3"],
        types: ["account.opened"],
      },
      expect.objectContaining({
        customerId: "customer-1",
        userId: "sub-1",
        eventIds: ["event-1", "event-4"],
      }),
    ]);
  });

  it("has the same ids when it is published again, and others for another block or customer", async () => {
    const { announce, published } = setup();

    await announce(blockOf([0, 1]));
    await announce(blockOf([0, 1]));
    await announce(blockOf([0, 1, 2]));

    const ids = published.map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual(ids.slice(2, 4));
    expect(new Set(ids).size).toBe(5);
  });

  it("does not announce audit events", async () => {
    const { announce, published } = setup();

    await announce(blockOf([0, 1], { epoch: 0, number: 0 }));

    expect(published).toEqual([]);
  });
});
