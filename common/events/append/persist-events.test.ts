import { describe, expect, it } from "vitest";
import { AppError, toAppError } from "#common/errors/app-error.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { chainOf } from "../chain/chain-of.ts";
import { chainName } from "../event.ts";
import { readEvents } from "../lists/read-events.ts";
import type { EventsMessage } from "../queue/queue-bodies.ts";
import { eventMessage } from "../testing/events.ts";
import { appendToChain } from "./append.ts";
import { makePersistEvents, type PersistEventsDeps } from "./persist-events.ts";

const setup = (more: Partial<PersistEventsDeps> = {}) => {
  const store = memoryTable();
  const announced: string[] = [];
  const persist = makePersistEvents({
    append: (organizationId, chain, events) =>
      appendToChain(
        {
          store,
          announce: async (_, placed) => void announced.push(...placed.map(({ eventId }) => eventId)),
        },
        organizationId,
        chain,
        events,
      ),
    ...more,
  });
  const deliver = async (...bodies: EventsMessage[]) => {
    const failures = await persist(bodies.map((body, index) => ({ messageId: `message-${index}`, body })));
    return failures.map(({ messageId, error, bodies: dead }) => ({
      messageId,
      code: toAppError(error).code,
      ...(dead ? { dead: dead.map((body) => JSON.parse(body)) } : {}),
    }));
  };
  const stored = async (organizationId: string, ...ids: string[]) =>
    [...(await readEvents(store, organizationId, ids)).keys()].sort();
  return { deliver, stored, announced };
};

describe("persisting events", () => {
  it("stores the events of every organization and message, and announces each", async () => {
    const { deliver, stored, announced } = setup();
    const many = Array.from({ length: 20 }, (_, number) => eventMessage(number));

    const failures = await deliver(
      { events: many },
      eventMessage(20),
      eventMessage(1, { organizationId: "other" }),
    );

    expect(failures).toEqual([]);
    expect(await stored("demo", ...many.map(({ eventId }) => eventId), "event-20")).toHaveLength(21);
    expect(await stored("other", "event-1", "event-2")).toEqual(["event-1"]);
    expect(announced).toHaveLength(22);
  });

  it("takes the same event twice without a word, in one batch and in a later one", async () => {
    const { deliver, announced } = setup();

    expect(await deliver(eventMessage(1), eventMessage(1, { salt: "another-salt-of-22-ch-" }))).toEqual([]);
    expect(await deliver({ events: [eventMessage(1), eventMessage(2)] })).toEqual([]);
    expect(announced).toEqual(["event-1", "event-2"]);
  });

  it("keeps only the contradicting events of a message, and stores the others", async () => {
    const { deliver, stored } = setup();
    const other = eventMessage(1, { description: "Something else" });
    await deliver(eventMessage(1));

    const failures = await deliver({ events: [eventMessage(2), other, eventMessage(3)] });

    expect(failures).toEqual([{ messageId: "message-0", code: "EVENT_ID_CONFLICT", dead: [other] }]);
    expect(await stored("demo", "event-2", "event-3")).toHaveLength(2);
  });

  it("does not count a date that was not posted as another content", async () => {
    const { deliver } = setup();
    await deliver(eventMessage(1, { dateIsDefault: true }));
    const later = { date: "2025-03-01T00:00:00.000Z" };

    expect(await deliver(eventMessage(1, { ...later, dateIsDefault: true }))).toEqual([]);
    expect(await deliver(eventMessage(1, later))).toMatchObject([{ code: "EVENT_ID_CONFLICT" }]);
  });

  it("a chain that fails sends back the messages that have to do with it, and no others", async () => {
    const events = Array.from({ length: 8 }, (_, number) => eventMessage(number));
    const failing = chainName(chainOf(eventMessage(0)));
    const { deliver } = setup({
      append: async (_, chain, group) => {
        if (chainName(chain) === failing) throw new Error("no answer");
        return group.map(() => "stored" as const);
      },
    });

    const failures = await deliver(...events);

    const wanted = events.flatMap((event, index) =>
      chainName(chainOf(event)) === failing
        ? [{ messageId: `message-${index}`, code: "DEPENDENCY_FAILED" }]
        : [],
    );
    expect(failures).toEqual(wanted);
    expect(wanted.length).toBeLessThan(8);
  });

  it("a message comes back whole when one of its events can succeed later, whatever is wrong with another", async () => {
    const { deliver } = setup({ append: () => Promise.reject(new AppError("DEPENDENCY_FAILED")) });

    const failures = await deliver({ events: [eventMessage(1), eventMessage(2, { description: "\ud800" })] });

    expect(failures).toEqual([{ messageId: "message-0", code: "DEPENDENCY_FAILED" }]);
  });

  it("refuses text that no chain can hold", async () => {
    const { deliver, stored } = setup();
    const bad = eventMessage(2, { type: "\udc00" });

    const failures = await deliver({ events: [eventMessage(1), bad] });

    expect(failures).toMatchObject([{ messageId: "message-0", code: "MESSAGE_INVALID" }]);
    expect(failures[0]?.dead).toHaveLength(1);
    expect(await stored("demo", "event-1")).toEqual(["event-1"]);
  });
});
