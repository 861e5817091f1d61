import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockEvent, placeEvents, toBlockEvent } from "../chain/block.ts";
import { genesisHash } from "../chain/hash.ts";
import type { ChainId, StoredEvent } from "../event.ts";
import { eventMessage } from "../testing/events.ts";
import { type ChainSpan, makeAnyOrderCheck, type ProvableEvent } from "./unordered-check.ts";
import { makeWindowSearch } from "./window-search.ts";

const makeChain = (number: number, length: number): { events: ProvableEvent[]; span: ChainSpan } => {
  const chain: ChainId = { epoch: 1, number };
  const start = { sequence: 0, hash: genesisHash("demo", chain) };
  const blockEvents: BlockEvent[] = Array.from({ length }, (_, index) =>
    toBlockEvent(eventMessage(index, { eventId: `event-${number}-${index}`, detail: { index } })),
  );
  const placed = placeEvents("demo", chain, { firstSequence: 1, previousHash: start.hash }, blockEvents);
  const events = placed.map(({ sequence, hash, previousHash, salt, ...event }) => ({
    event: {
      ...event,
      organizationId: "demo",
      chain: { ...chain, sequence, hash, previousHash },
    } as StoredEvent,
    salt,
  }));
  return {
    events,
    span: { chain, start, end: { sequence: length, hash: placed.at(-1)?.hash ?? start.hash } },
  };
};

const chains = [makeChain(0, 40), makeChain(1, 25), makeChain(2, 1)];
const all = chains.flatMap(({ events }) => events);
const spans = chains.map(({ span }) => span);

const check = (events: readonly ProvableEvent[]) => {
  const run = makeAnyOrderCheck();
  for (const event of events) run.add(event);
  return run.verdict(spans);
};

const shuffled = fc.shuffledSubarray(all, { minLength: all.length });
const place = fc.nat({ max: all.length - 1 });

describe("verifying events in any order", () => {
  it("all of them are valid in whatever order they come", () => {
    fc.assert(
      fc.property(shuffled, (events) => {
        expect(check(events)).toEqual({ valid: true, checked: 66, changed: [], suspects: [] });
      }),
    );
  });

  it("one that is missing, there twice, or changed is found", () => {
    fc.assert(
      fc.property(
        shuffled,
        place,
        fc.constantFrom("remove", "repeat", "change", "resequence"),
        (events, at, how) => {
          const one = events[at] ?? all[0];
          if (!one) throw new Error("there are events");
          const other = { ...one, event: { ...one.event, description: "other" } };
          const { sequence } = one.event.chain;
          const moved = {
            ...one,
            event: { ...one.event, chain: { ...one.event.chain, sequence: sequence + 1 } },
          };
          const broken = {
            remove: events.toSpliced(at, 1),
            repeat: [...events, one],
            change: events.with(at, other),
            resequence: events.with(at, moved),
          }[how];

          const verdict = check(broken);

          expect(verdict.valid).toBe(false);
          if (how === "change") expect(verdict.changed).toEqual([other.event]);
        },
      ),
    );
  });

  it("two events that changed places in the chain are found", () => {
    const [a, b] = all;
    if (!a || !b) throw new Error("there are events");
    const chainA = { ...a.event.chain, hash: a.event.chain.hash };
    const swapped = [
      { ...a, event: { ...a.event, chain: b.event.chain } },
      { ...b, event: { ...b.event, chain: chainA } },
      ...all.slice(2),
    ];

    expect(check(swapped)).toMatchObject({ valid: false, changed: [{}, {}] });
  });

  it("an event of an unknown chain is found", () => {
    const { events } = makeChain(9, 1);

    expect(check([...all, ...events])).toMatchObject({ valid: false, suspects: [{ chain: { number: 9 } }] });
  });

  it("narrows a fault down to 4,096 sequences, in which a second pass names it", () => {
    const { events, span } = makeChain(0, 10_000);
    const without = events.filter(({ event }) => event.chain.sequence !== 5_000);
    const run = makeAnyOrderCheck();
    for (const event of without) run.add(event);
    const { suspects } = run.verdict([span]);

    expect(suspects).toEqual([{ chain: span.chain, from: 4_096, to: 8_191 }]);
    const [window] = suspects;
    const search = makeWindowSearch(window ?? { chain: span.chain, from: 0, to: 0 });
    for (const { event } of without) search.add(event);
    expect(search.find(1, 10_000)).toEqual({ kind: "removed", sequence: 5_000 });
  });
});
