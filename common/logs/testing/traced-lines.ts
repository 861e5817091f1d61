import type { LogEvent } from "#common/log-message/message.ts";
import type { LogLine, MessageLine, StoredEventLine } from "../line.ts";

/** 2026-05-05T12:00:00.000Z, from which the times of these lines count. */
export const LINES_START_MS = Date.UTC(2026, 4, 5, 12);

export const at = (ms: number): string => new Date(LINES_START_MS + ms).toISOString();

const placeOf = (time: string) => ({
  year: Number(time.slice(0, 4)),
  month: Number(time.slice(5, 7)),
  day: Number(time.slice(8, 10)),
  hour: Number(time.slice(11, 13)),
});

let number = 0;

/** A message's line with these events; `time` is the first one's. */
export const aLine = (
  server: string | undefined,
  events: readonly (Partial<LogEvent> & { time: string })[],
  more: Partial<MessageLine> = {},
): LogLine => {
  number += 1;
  const time = more.time ?? events[0]?.time ?? at(0);
  return {
    schema: 1,
    environment: "local",
    organizationID: "demo",
    logType: "web",
    id: `line-${number}`,
    time,
    receivedAt: time,
    ...placeOf(time),
    transactionId: "tx-1",
    success: true,
    ...(server === undefined ? {} : { server }),
    events: events.map((event) => ({
      action: "did",
      description: "",
      success: true,
      ...event,
    })) as MessageLine["events"],
    ...more,
  } as MessageLine;
};

/** A call of a server, as an event. */
export const aCall = (to: string, startMs: number, durationMs?: number) => ({
  action: `called ${to}`,
  type: "call",
  time: at(startMs),
  detail: { to, ...(durationMs === undefined ? {} : { durationMs }) },
});

export const aStoredEventLine = (ms: number, more: Partial<StoredEventLine> = {}): StoredEventLine => ({
  schema: 1,
  environment: "local",
  organizationID: "demo",
  logType: "events",
  id: "event-1",
  time: at(ms),
  receivedAt: at(ms),
  ...placeOf(at(ms)),
  transactionId: "tx-1",
  success: true,
  eventId: "event-1",
  customerId: "c-1",
  type: "account_opened",
  description: "Savings account opened",
  date: at(ms),
  recordedAt: at(ms),
  ...more,
});
