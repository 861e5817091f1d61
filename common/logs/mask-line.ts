import { makeMask } from "#common/log-message/mask.ts";
import type { LineEvent, LogLine } from "./line.ts";
import { hintsAtSecret } from "./secret-hint.ts";

const { value: maskValue, text: maskText } = makeMask();

/** Names that are remembered: a system has some hundred, and a sender that makes them up must not fill the memory. */
const NAMES_MAX = 2_000;

/** Whether a field's name makes its value a secret, or is one itself. */
const names = new Map<string, boolean>();

const isSecretName = (name: string): boolean => {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size === NAMES_MAX) names.clear();
  const secret = maskValue<Record<string, string>>({ [name]: "x" })[name] !== "x";
  names.set(name, secret);
  return secret;
};

/** No card number is smaller; what is larger is looked at as text. */
const CARD_MIN = 1e12;

/** Whether the mask may have to do something: a look at names and texts without a copy of anything. */
const mayHoldSecret = (value: unknown): boolean => {
  if (typeof value === "string") return hintsAtSecret(value);
  if (typeof value === "number") return value >= CARD_MIN;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(mayHoldSecret);
  // What JSON.parse makes inherits nothing that would be listed.
  for (const name in value) {
    if (isSecretName(name) || mayHoldSecret((value as Record<string, unknown>)[name])) return true;
  }
  return false;
};

const mayEventHoldSecret = (event: LineEvent): boolean =>
  hintsAtSecret(event.action) ||
  hintsAtSecret(event.description) ||
  mayHoldSecret(event.detail) ||
  mayHoldSecret(event.type) ||
  mayHoldSecret(event.server) ||
  mayHoldSecret(event.caller) ||
  mayHoldSecret(event.extra);

const maskEvent = (event: LineEvent): LineEvent => {
  if (!mayEventHoldSecret(event)) return event;
  const { time, transactionId, success, ...texts } = event;
  return { ...maskValue(texts), time, transactionId, success } as LineEvent;
};

/** The line without secrets. Ids stay as they are: they join lines, and a masked one would be everybody's. */
export const maskLine = (line: LogLine): LogLine => {
  if (line.logType === "events") {
    const { description, actor, targets, detail, recordedBy } = line;
    const texts = { description, actor, targets, detail, recordedBy };
    return mayHoldSecret(texts) ? ({ ...line, ...maskValue(texts) } as LogLine) : line;
  }
  const { server, extra, events } = line;
  if (!(mayHoldSecret(server) || mayHoldSecret(extra) || events.some(mayEventHoldSecret))) return line;
  return {
    ...line,
    ...(server === undefined ? {} : { server: maskText(server) }),
    ...(extra === undefined ? {} : { extra: maskValue(extra) }),
    events: events.map(maskEvent),
  };
};
