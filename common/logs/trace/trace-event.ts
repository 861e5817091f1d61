import type { LineEvent, LogLine, StoredEventLine } from "../line.ts";

/** An event of a trace, before it has its place. */
export type TracedEvent = Omit<LineEvent, "time"> & {
  time: string;
  logType: LogLine["logType"];
  messageId: string;
};

/** An event of a customer, in the form of what servers log. */
const ofStoredEvent = (line: StoredEventLine): TracedEvent => {
  const { type, description, time, detail, eventId, customerId, actor, targets, date, success } = line;
  return {
    time,
    action: type,
    description,
    type: "event",
    success,
    detail: {
      eventId,
      customerId,
      date,
      ...(actor === undefined ? {} : { actor }),
      ...(targets === undefined ? {} : { targets }),
      ...(detail === undefined ? {} : { detail: detail as null }),
    },
    logType: "events",
    messageId: line.id,
  };
};

/** The events of a line that belong to a transaction, each with what it takes from its message. */
export const eventsOfLine = (line: LogLine, transactionId: string): TracedEvent[] => {
  if (line.logType === "events") return [ofStoredEvent(line)];
  const { id: messageId, logType, server, time } = line;
  return line.events
    .filter((event) => (event.transactionId ?? line.transactionId) === transactionId)
    .map((event) => ({
      ...event,
      time: event.time ?? time,
      ...((event.server ?? server) === undefined ? {} : { server: event.server ?? server }),
      transactionId,
      logType,
      messageId,
    })) as TracedEvent[];
};

/** Each id once in its type and hour; of two, the one that arrived first. */
export const linesOnce = (lines: readonly LogLine[]): LogLine[] => {
  const byId = new Map<string, LogLine>();
  for (const line of lines) {
    const name = `${line.logType} ${line.time.slice(0, 13)} ${line.id}`;
    const known = byId.get(name);
    if (!known || line.receivedAt < known.receivedAt) byId.set(name, line);
  }
  return [...byId.values()];
};
