import { describe, expect, it } from "vitest";
import { placedEvents, toBlockEvent } from "#common/events/chain/block.ts";
import { genesisHash } from "#common/events/chain/hash.ts";
import type { EventMessage } from "#common/events/event.ts";
import { type EventItem, eventFromItem, eventToItem } from "#common/events/lists/event-item.ts";
import { EventMessageSchema } from "#common/events/queue/event-message.schema.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import { makeRecordEvents } from "./record-events.ts";
import { anEvent, NOW } from "./testing/posted-event.ts";

const CHAIN = { epoch: 1, number: 0 };
const CALLER = { organizationId: "demo", userId: "alice" };
const requestOf = (attempt: Attempt) => ({ caller: CALLER, attempt, transactionId: "transaction-1" });
const attemptOf = (digit: number) => ({
  id: `0194bc4c-e800-7abc-8def-00000000000${digit}`,
  time: NOW,
});

/** As the persister would have stored it. */
const store = (message: EventMessage): EventItem => {
  const start = { firstSequence: 1, previousHash: genesisHash("demo", CHAIN) };
  const events = [toBlockEvent(message)];
  const block = {
    organizationId: "demo",
    chain: CHAIN,
    number: 1,
    ...start,
    hash: "",
    events,
    checksums: [],
  };
  const [placed] = placedEvents(block);
  if (!placed) throw new Error("one event was placed");
  return eventFromItem("demo", eventToItem("demo", CHAIN, 1, placed));
};

const setup = ({ missing = 0 } = {}) => {
  const sent: EventMessage[] = [];
  const stored = new Map<string, EventItem>();
  const asked: string[][] = [];
  const record = makeRecordEvents({
    findStored: async (_, ids) => {
      asked.push([...ids]);
      return ids.flatMap((id) => stored.get(id) ?? []);
    },
    sendAll: async (events) => {
      sent.push(...events);
      return { missing, reason: missing === 0 ? "" : "Throttled" };
    },
  });
  const persist = () => {
    for (const message of sent.splice(0)) stored.set(message.eventId, store(message));
  };
  return { record, sent, persist, asked };
};

const refusal = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);

describe("recording events", () => {
  it("puts each event on the queue with all that is drawn for it, and answers the ids in order", async () => {
    const { record, sent, asked } = setup();

    const answer = await record(
      [anEvent({ eventId: "e1", date: "2025-01-31T13:00:00+01:00", actor: "bob", detail: [1] }), anEvent()],
      requestOf(attemptOf(1)),
    );

    expect(answer).toEqual({ accepted: 2, eventIds: sent.map(({ eventId }) => eventId) });
    expect(sent).toEqual([
      {
        ...anEvent({ eventId: "e1", date: NOW, actor: "bob", detail: [1] }),
        organizationId: "demo",
        recordedAt: NOW,
        recordedBy: "alice",
        transactionId: "transaction-1",
        salt: expect.any(String),
      },
      {
        ...anEvent({ eventId: expect.stringMatching(/^0194bc4c-e800-7001-[89ab]/) as string, date: NOW }),
        organizationId: "demo",
        recordedAt: NOW,
        recordedBy: "alice",
        transactionId: "transaction-1",
        salt: expect.any(String),
        dateIsDefault: true,
      },
    ]);
    expect(sent.flatMap((message) => EventMessageSchema.faults(message))).toEqual([]);
    expect(asked).toEqual([["e1"]]);
  });

  it("sends the very same events when the attempt is repeated, and others in another attempt", async () => {
    const { record, sent } = setup();
    const events = Array.from({ length: 500 }, () => anEvent());

    await record(events, requestOf(attemptOf(1)));
    await record(events, requestOf(attemptOf(1)));
    await record(events, requestOf(attemptOf(2)));

    expect(sent.slice(500, 1000)).toEqual(sent.slice(0, 500));
    expect(new Set(sent.flatMap(({ eventId, salt }) => [eventId, salt])).size).toBe(2000);
    const ids = sent.slice(0, 500).map(({ eventId }) => eventId);
    expect(ids.toSorted()).toEqual(ids);
  });

  it("asks the table for nothing when no id is given", async () => {
    const { record, asked } = setup();

    await record(anEvent(), requestOf(attemptOf(1)));

    expect(asked).toEqual([]);
  });

  it("takes the same content under one id twice as one event", async () => {
    const { record, sent } = setup();
    const twice = [
      anEvent({ eventId: "e1", detail: { a: 1, b: 2 } }),
      anEvent({ eventId: "e1", detail: { b: 2, a: 1 } }),
    ];

    expect(await record(twice, requestOf(attemptOf(1)))).toEqual({ accepted: 2, eventIds: ["e1", "e1"] });
    expect(sent).toHaveLength(1);
  });

  it("refuses two contents under one id of a batch by index, and takes none", async () => {
    const { record, sent } = setup();
    const events = [anEvent({ eventId: "e1" }), anEvent(), anEvent({ eventId: "e1", type: "closed" })];

    expect(await refusal(record(events, requestOf(attemptOf(1))))).toMatchObject({
      code: "INPUT_INVALID",
      errors: [{ path: "/2/eventId" }],
    });
    expect(sent).toEqual([]);
  });

  it("takes again what is stored already, whatever the clock says by now", async () => {
    const { record, sent, persist } = setup();
    const event = anEvent({ eventId: "e1", detail: { large: "x".repeat(5000) } });
    await record(event, requestOf(attemptOf(1)));
    persist();

    const later = { ...attemptOf(2), time: "2025-02-01T00:00:00.000Z" };
    expect(await record(event, requestOf(later))).toEqual({ accepted: 1, eventIds: ["e1"] });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ["type", { type: "closed" }],
    ["customer", { customerId: "c2" }],
    ["description", { description: "Another" }],
    ["date", { date: "2025-01-30T00:00:00Z" }],
    ["actor", { actor: "bob" }],
    ["detail", { detail: { a: 2 } }],
  ])(
    "answers 409 for another %s than what is stored, by index, and takes none of the batch",
    async (_, other) => {
      const { record, sent, persist } = setup();
      await record(anEvent({ eventId: "e1", detail: { a: 1 }, date: NOW }), requestOf(attemptOf(1)));
      persist();
      const changed = { ...anEvent({ eventId: "e1", detail: { a: 1 }, date: NOW }), ...other };

      expect(await refusal(record([anEvent(), changed], requestOf(attemptOf(2))))).toMatchObject({
        code: "EVENT_ID_CONFLICT",
        status: 409,
        errors: [{ path: "/1/eventId" }],
      });
      expect(await refusal(record(changed, requestOf(attemptOf(2))))).toMatchObject({
        errors: [{ path: "/eventId" }],
      });
      expect(sent).toEqual([]);
    },
  );

  it("fails with 503 when the queue did not take all, so that the same attempt is made again", async () => {
    const { record } = setup({ missing: 3 });

    expect(await refusal(record([anEvent()], requestOf(attemptOf(1))))).toMatchObject({
      code: "EVENTS_NOT_QUEUED",
      status: 503,
      retry: true,
    });
  });
});
