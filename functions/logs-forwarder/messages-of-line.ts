import { isOrganizationId } from "#common/ids/organization-id.ts";
import { isTransactionId } from "#common/ids/transaction-id.ts";
import type { LogEvent, LogMessage } from "#common/log-message/message.ts";
import type { LogLine } from "#common/middleware/log-lines.ts";
import type { LogFields } from "#common/telemetry/log.ts";

/** The line that closes an invocation, as far as it is used here. Another function's deployment may have written it. */
type ClosingLine = Partial<LogFields> & {
  level: string;
  message: string;
  service: string;
  time: string;
  durationMs: number;
};

const isClosingLine = (line: object): line is ClosingLine => {
  const { level, message, service, time, durationMs } = line as Partial<ClosingLine>;
  return (
    [level, message, service, time].every((field) => typeof field === "string") &&
    Number.isFinite(Date.parse(String(time))) &&
    typeof durationMs === "number" &&
    durationMs >= 0
  );
};

/** For whom it was done, within which transaction. */
type Purpose = { organizationID: string; transactionId: string | undefined };

const nameOf = ({ organizationID, transactionId = "" }: Purpose): string =>
  `${organizationID}#${transactionId}`;

const defined = (fields: object): NonNullable<LogEvent["detail"]> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** What was asked for and what was answered: two events, because others stand between them in a trace. */
const eventsOfRequest = (line: ClosingLine, startMs: number): LogEvent[] => {
  const { route = "", requestId, caller, status, code, durationMs, time, message } = line;
  return [
    {
      action: "request received",
      description: route,
      type: "request",
      time: timeOf(startMs),
      detail: defined({ requestId, caller }),
    },
    {
      action: message,
      description: route,
      type: "response",
      time,
      success: code === undefined,
      detail: defined({ requestId, status, code, durationMs }),
    },
  ];
};

const eventOfWork = (line: ClosingLine, startMs: number, failed: boolean, messages?: number): LogEvent => {
  const { requestId, code, durationMs, message, service } = line;
  return {
    action: message,
    description: messages === undefined ? `by ${service}` : `${messages} of its messages by ${service}`,
    type: failed ? "error" : "note",
    time: timeOf(startMs),
    success: !failed,
    detail: defined({ requestId, code: failed ? code : undefined, durationMs, messages }),
  };
};

/** The events of a line by whom they concern. */
const eventsByPurpose = (line: ClosingLine, operator: string): [Purpose, LogEvent[]][] => {
  const startMs = Date.parse(line.time) - line.durationMs;
  const found = new Map<string, [Purpose, LogEvent[]]>();
  const put = (purpose: Purpose, ...events: LogEvent[]): void => {
    const known = found.get(nameOf(purpose));
    if (known) known[1].push(...events);
    else found.set(nameOf(purpose), [purpose, events]);
  };
  const organizationID = isOrganizationId(line.organizationId) ? line.organizationId : operator;
  const transactionId = isTransactionId(line.transactionId) ? line.transactionId : undefined;
  const served = (line.served ?? []).filter(
    (one) => isOrganizationId(one.organizationId) && isTransactionId(one.transactionId),
  );

  if (line.route !== undefined) put({ organizationID, transactionId }, ...eventsOfRequest(line, startMs));
  else if (served.length === 0) {
    put({ organizationID, transactionId }, eventOfWork(line, startMs, line.level === "error"));
  }
  for (const ofOne of Map.groupBy(served, (one) => `${one.organizationId}#${one.transactionId}`).values()) {
    const [one] = ofOne;
    if (!one) continue;
    const failed = ofOne.some((message) => message.failed);
    put(
      { organizationID: one.organizationId, transactionId: one.transactionId },
      eventOfWork(line, startMs, failed, ofOne.length),
    );
  }
  for (const event of line.published ?? []) {
    if (!isOrganizationId(event.organizationId)) continue;
    put(
      {
        organizationID: event.organizationId,
        transactionId: isTransactionId(event.transactionId) ? event.transactionId : transactionId,
      },
      {
        action: `published ${event.name}`,
        description: `put on the bus by ${line.service}`,
        type: "publish",
        time: timeOf(startMs + event.afterMs),
        detail: { id: event.id },
      },
    );
  }
  return [...found.values()];
};

/** A stream takes messages of so many events. */
const EVENTS_MAX = 1_000;

/**
 * The messages of a log line: one for each organization and transaction that it names, the operator's where it names
 * no organization. Their ids follow from the line's, so that a line that is handed on twice counts once. A line
 * that closes no invocation makes none.
 */
export const messagesOfLine = ({ id, line }: LogLine, operatorOrganization: string): LogMessage[] => {
  if (!isClosingLine(line)) return [];
  return eventsByPurpose(line, operatorOrganization).map(
    ([{ organizationID, transactionId }, events], index) => ({
      organizationID,
      logType: "platform",
      id: `${id}.${index + 1}`,
      time: events[0]?.time ?? line.time,
      ...(transactionId === undefined ? {} : { transactionId }),
      server: line.service,
      events: events.slice(0, EVENTS_MAX),
    }),
  );
};
