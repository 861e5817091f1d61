import { AppError } from "#common/errors/app-error.ts";
import { jsonFaults } from "#common/json/json.ts";
import type { Failure, Message } from "#common/middleware/queue.ts";
import { chainOf } from "../chain/chain-of.ts";
import { type ChainId, chainName, type EventMessage } from "../event.ts";
import { type EventsMessage, eventsOf, messageText } from "../queue/queue-bodies.ts";
import type { Outcome } from "./append.ts";

export type PersistEventsDeps = {
  /** Appends events of one organization to their chain; when it returns, they are readable and announced. */
  append: (organizationId: string, chain: ChainId, events: EventMessage[]) => Promise<Outcome[]>;
};

type Group = { organizationId: string; chain: ChainId; events: EventMessage[] };

/** Why an event could not be stored; undefined when it was. */
type Trouble = AppError | undefined;

const groupByChain = (events: Iterable<EventMessage>): Group[] => {
  const groups = new Map<string, Group>();
  for (const event of events) {
    const chain = chainOf(event);
    const name = `${event.organizationId}#${chainName(chain)}`;
    const group = groups.get(name) ?? { organizationId: event.organizationId, chain, events: [] };
    groups.set(name, group);
    group.events.push(event);
  }
  return [...groups.values()];
};

/** One failure for a message: it comes back when any event may succeed later; else the bad events are kept. */
const failureOf = (
  { messageId, body }: Message<EventsMessage>,
  troubles: ReadonlyMap<EventMessage, Trouble>,
): Failure[] => {
  const failed = eventsOf(body).flatMap((event) => {
    const error = troubles.get(event);
    return error ? [{ event, error }] : [];
  });
  const [first] = failed;
  if (!first) return [];
  const again = failed.find(({ error }) => error.retry);
  if (again) return [{ messageId, error: again.error }];
  // Each code is a failure of its own, because each becomes dead letters with that code.
  const codes = new Set(failed.map(({ error }) => error.code));
  return [...codes].map((code) => {
    const ofCode = failed.filter(({ error }) => error.code === code);
    return {
      messageId,
      error: ofCode[0]?.error ?? first.error,
      bodies: ofCode.map(({ event }) => messageText(event)),
    };
  });
};

/**
 * Brings each event into its chain, once. Chains are written side by side, so that one that fails
 * does not hold up the others; answers the messages that hold an event which could not be stored, or which
 * contradicts the one that is stored under its id.
 */
export const makePersistEvents =
  ({ append }: PersistEventsDeps) =>
  async (messages: Message<EventsMessage>[]): Promise<Failure[]> => {
    const troubles = new Map<EventMessage, Trouble>();
    for (const event of messages.flatMap(({ body }) => eventsOf(body))) {
      // A chain cannot hold what RFC 8785 cannot write; the recorder lets no such thing through.
      const faults = jsonFaults(event);
      troubles.set(
        event,
        faults.length > 0 ? new AppError("MESSAGE_INVALID", { errors: faults }) : undefined,
      );
    }
    const good = [...troubles].flatMap(([event, trouble]) => (trouble ? [] : [event]));
    const work = async ({ organizationId, chain, events }: Group) => {
      try {
        const outcomes = await append(organizationId, chain, events);
        for (const [index, event] of events.entries()) {
          if (outcomes[index] === "conflict") {
            troubles.set(event, new AppError("EVENT_ID_CONFLICT", { internal: `eventId ${event.eventId}` }));
          }
        }
      } catch (cause) {
        const failed = new AppError("DEPENDENCY_FAILED", { internal: `chain ${chainName(chain)}`, cause });
        for (const event of events) troubles.set(event, failed);
      }
    };
    await Promise.all(groupByChain(good).map(work));
    return messages.flatMap((message) => failureOf(message, troubles));
  };
