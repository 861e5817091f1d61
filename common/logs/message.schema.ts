import { type Static, Type } from "typebox";
import { LOG_LIMITS } from "#common/log-message/message.ts";
import { validator } from "#common/validation/schema.ts";
import { LOG_TYPE_NAMES, type LogType } from "./types.ts";

const { actionLength, descriptionLength, serverLength, eventTypeLength, events } = LOG_LIMITS;

const organizationID = Type.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" });
const id = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$" });
const instant = Type.String({ format: "date-time" });
const server = Type.String({ minLength: 1, maxLength: serverLength });

/** Fields that are not named in these schemas are kept, as `extra`. */
const event = Type.Object({
  action: Type.String({ minLength: 1, maxLength: actionLength }),
  description: Type.String({ maxLength: descriptionLength }),
  detail: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: "object" })),
  caller: Type.Optional(Type.String()),
  server: Type.Optional(server),
  success: Type.Optional(Type.Boolean()),
  time: Type.Optional(instant),
  transactionId: Type.Optional(id),
  type: Type.Optional(Type.String({ minLength: 1, maxLength: eventTypeLength })),
});

const message = Type.Object({
  organizationID,
  logType: Type.Unsafe<Exclude<LogType, "events">>({
    type: "string",
    enum: LOG_TYPE_NAMES.filter((name) => name !== "events"),
  }),
  id: Type.Optional(id),
  time: Type.Optional(instant),
  transactionId: Type.Optional(id),
  server: Type.Optional(server),
  events: Type.Array(event, { minItems: 1, maxItems: events }),
});

export type CheckedMessage = Static<typeof message>;

/** A message of any type but `events`. */
export const LogMessageSchema = validator(message);

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const storedEvent = Type.Object({
  organizationID,
  logType: Type.Literal("events"),
  id,
  time: instant,
  transactionId: Type.Optional(id),
  eventId: id,
  customerId: text(100),
  type: text(100),
  description: text(1_000),
  date: instant,
  actor: Type.Optional(text(255)),
  targets: Type.Optional(
    Type.Array(Type.Object({ type: text(100), id: text(255), name: Type.Optional(text(255)) })),
  ),
  detail: Type.Optional(Type.Unknown()),
  recordedAt: instant,
  recordedBy: Type.Optional(text(255)),
  chain: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: "object" })),
});

export type CheckedStoredEvent = Static<typeof storedEvent>;

/** An event of a customer, as the events service puts it on the stream. */
export const StoredEventSchema = validator(storedEvent);
