import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";
import { isSameContent } from "#common/events/chain/same-content.ts";
import type { EventMessage } from "#common/events/event.ts";
import type { EventItem } from "#common/events/lists/event-item.ts";
import { drawFor } from "#common/events/queue/draw.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import { toUtc } from "#common/time/instant.ts";
import type { PostedEvent, PostedEvents } from "./body/posted-event.ts";

export type RecordEventsDeps = {
  /** Those of the events that are stored, as of now and not of a while ago; large details may be missing. */
  findStored: (organizationId: string, eventIds: readonly string[]) => Promise<EventItem[]>;
  /** Puts events on the queue; answers how many the queue does not have. */
  sendAll: (events: readonly EventMessage[]) => Promise<{ missing: number; reason: string }>;
};

type Member = { organizationId: string; userId: string };

export type Recorded = { accepted: number; eventIds: string[] };

/** What of the request stands in its events. */
export type RecordRequest = { caller: Member; attempt: Attempt; transactionId: string };

const toMessage = (
  event: PostedEvent,
  place: number,
  { caller: { organizationId, userId }, attempt, transactionId }: RecordRequest,
): EventMessage => {
  const { customerId, type, description, date, actor, targets = [], detail } = event;
  const drawn = drawFor(attempt.id, place);
  return {
    organizationId,
    eventId: event.eventId ?? drawn.eventId,
    customerId,
    type,
    description,
    date: date === undefined ? attempt.time : toUtc(date),
    ...(actor === undefined ? {} : { actor }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(detail === undefined ? {} : { detail }),
    recordedAt: attempt.time,
    recordedBy: userId,
    transactionId,
    salt: drawn.salt,
    ...(date === undefined ? { dateIsDefault: true } : {}),
  };
};

/** Where a fault of the event at this place stands: a single event has no index. */
const pathOf = (posted: PostedEvents, place: number): string =>
  Array.isArray(posted) ? `/${place}/eventId` : "/eventId";

/** The first event of each id, with its place; throws when a later one says something else under the same id. */
const firstOfEach = (posted: PostedEvents, messages: readonly EventMessage[]) => {
  const firsts = new Map<string, { message: EventMessage; place: number }>();
  const errors: Fault[] = [];
  for (const [place, message] of messages.entries()) {
    const first = firsts.get(message.eventId);
    if (first === undefined) firsts.set(message.eventId, { message, place });
    else if (!isSameContent(message, first.message)) {
      const other = `must not be the one of item ${first.place}, which has other content`;
      errors.push({ path: pathOf(posted, place), message: other });
    }
  }
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  return firsts;
};

/**
 * Puts checked events on the queue, all of them or, when one contradicts what is stored, none. Ids and
 * salts that are not given follow from the attempt, so a request that is repeated under its
 * Idempotency-Key sends the same events again and not others beside them. A contradiction with an event
 * that is still on its way shows only when both are stored: the persister keeps the later one as a dead
 * letter.
 */
export const makeRecordEvents =
  ({ findStored, sendAll }: RecordEventsDeps) =>
  async (posted: PostedEvents, request: RecordRequest): Promise<Recorded> => {
    const { organizationId } = request.caller;
    const messages = [posted].flat().map((event, place) => toMessage(event, place, request));
    const firsts = firstOfEach(posted, messages);

    const given = new Set([posted].flat().flatMap(({ eventId }) => eventId ?? []));
    const stored = given.size === 0 ? [] : await findStored(organizationId, [...given]);
    const errors = stored.flatMap(({ event, salt, digest }): Fault[] => {
      const first = firsts.get(event.eventId);
      const kept = { ...event, salt, ...(digest === undefined ? {} : { digest }) };
      return first && !isSameContent(first.message, kept)
        ? [{ path: pathOf(posted, first.place), message: "is stored already with other content" }]
        : [];
    });
    if (errors.length > 0) throw new AppError("EVENT_ID_CONFLICT", { errors });

    const { missing, reason } = await sendAll([...firsts.values()].map(({ message }) => message));
    if (missing > 0) {
      throw new AppError("EVENTS_NOT_QUEUED", {
        internal: `${missing} of ${firsts.size} events are not on the queue: ${reason}`,
      });
    }
    return { accepted: messages.length, eventIds: messages.map(({ eventId }) => eventId) };
  };
