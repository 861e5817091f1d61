import { randomUUID } from "node:crypto";
import { EVENTS_MAX, NAME_LENGTH_MAX } from "../log-message/message.ts";
import { EVENTS_BYTES_MAX, type EventJson, HEADER_BYTES_MAX, makeWriteEvent, textOf } from "./event-json.ts";
import { type PutDetail, withoutLargeDetail } from "./large-detail.ts";
import { makeLog, type RequestLog } from "./log.ts";
import { makeOutbox, type Publish } from "./outbox.ts";
import { partsOf } from "./parts.ts";
import { transactionIdOf } from "./transaction-id.ts";
import { within } from "./within.ts";

export type RequestLogOptions = {
  /** Hands messages over to the topic: `snsPublisher`, or a function of your own. */
  publish: Publish;
  /** Names of fields whose values are masked, beside the usual ones. */
  maskKeys?: readonly string[];
  /** Says in each event where in the program it was put; costs some microseconds. */
  caller?: boolean;
  /** Keeps details elsewhere that are larger than a message. */
  putDetail?: PutDetail;
  /** Gets what goes wrong while publishing. What it throws is ignored. */
  onError?: (error: unknown) => void;
  /** Unix milliseconds of now. */
  now?: () => number;
};

/** What the message of a log says of all its events. */
export type LogOptions = { logType: string; organizationID: string; server?: string; transactionId?: string };

/** How many messages were published, and wait or are being sent; how many events were refused. */
export type Counts = { published: number; waiting: number; refused: number };

export type RequestLogs = {
  (options: LogOptions): RequestLog;
  /** Waits until all is sent, but not longer than this; answers whether it is. */
  flush(timeoutMs: number): Promise<boolean>;
  readonly counts: Counts;
};

/** What is open, waits and is being sent: 8 MB with commas and what stands around the events. */
const HELD_BYTES_MAX = 7_900_000;
const ORGANIZATIONS_MAX = 10_000;

/** Numbers the messages of one organization without a gap: one that is lost on the way shows as a gap. */
type Sender = { name: string; sent: number; refusedEvents: number };

/** Makes the logs of a process. What is guaranteed, and what it costs, is in the README. */
export const createRequestLog = ({
  publish,
  maskKeys = [],
  caller: withCaller = false,
  putDetail,
  onError,
  now = Date.now,
}: RequestLogOptions): RequestLogs => {
  const writeEvent = makeWriteEvent(maskKeys);
  const senders = new Map<string, Sender>();
  let putting: Promise<unknown> = Promise.resolve();
  let held = 0;
  let published = 0;
  let refused = 0;

  const report = (error: unknown): void => {
    try {
      onError?.(error);
    } catch {
      // What reports errors must not make more of them for the caller.
    }
  };

  const senderOf = (organizationID: string): Sender => {
    // Each has a name of its own, so that nothing is numbered twice when one is forgotten.
    if (senders.size > ORGANIZATIONS_MAX) senders.clear();
    const sender = senders.get(organizationID) ?? { name: randomUUID(), sent: 0, refusedEvents: 0 };
    senders.set(organizationID, sender);
    return sender;
  };

  const outbox = makeOutbox({
    publish,
    onError: report,
    onDone: ({ organizationID, bytes, events }, taken) => {
      held -= bytes;
      if (taken) published += 1;
      else {
        refused += events;
        senderOf(organizationID).refusedEvents += events;
      }
    },
  });

  const open = (options: LogOptions): RequestLog => {
    const { organizationID, logType, server, transactionId: given } = { ...options };
    const transactionId = transactionIdOf({ "x-transaction-id": given });
    const time = new Date(now()).toISOString();
    let taken = 0;

    const post = (events: readonly EventJson[], reserved: number): void => {
      held -= reserved;
      const sender = senderOf(organizationID);
      const id = `${sender.name}.${++sender.sent}`;
      const parts = partsOf(events, EVENTS_BYTES_MAX, EVENTS_MAX);
      parts.forEach((part, index) => {
        const { refusedEvents } = sender;
        sender.refusedEvents = 0;
        const message = {
          id: parts.length > 1 ? `${id}.${index + 1}` : id,
          organizationID,
          logType,
          time,
          transactionId,
          server: server && textOf(server, NAME_LENGTH_MAX),
          refusedEvents: refusedEvents || undefined,
        };
        const body = `${JSON.stringify(message).slice(0, -1)},"events":[${part.map(({ json }) => json)}]}`;
        const bytes = Buffer.byteLength(body);
        held += bytes;
        outbox.put({ id: message.id, organizationID, body, bytes, events: part.length });
      });
    };

    return makeLog({
      transactionId,
      withCaller,
      writeEvent,
      now,

      take: ({ bytes }) => {
        const more = taken ? bytes : bytes + HEADER_BYTES_MAX;
        if (held + more <= HELD_BYTES_MAX) {
          held += more;
          taken += more;
          return true;
        }
        refused += 1;
        senderOf(organizationID).refusedEvents += 1;
        return false;
      },

      send: (events) => {
        const reserved = taken;
        taken = 0;
        if (!events.some(({ detail }) => detail)) return post(events, reserved);
        const large = events.map((event) =>
          event.detail ? withoutLargeDetail(event, organizationID, putDetail, report) : event,
        );
        const put = Promise.all(large).then((small) => post(small, reserved));
        putting = Promise.all([putting, put]);
        return put;
      },
    });
  };

  const emptied = async (): Promise<true> => {
    await putting;
    await outbox.empty();
    return true;
  };

  open.flush = (timeoutMs: number) => within(timeoutMs, emptied()).catch(() => false);
  return Object.defineProperty(open, "counts", {
    get: (): Counts => ({ published, waiting: outbox.waiting.length, refused }),
  }) as typeof open & Pick<RequestLogs, "counts">;
};
