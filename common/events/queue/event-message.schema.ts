import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import type { EventMessage } from "../event.ts";

const instant = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" });

const target = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 100 }),
    id: Type.String({ minLength: 1, maxLength: 255 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  },
  { additionalProperties: false },
);

const schema = Type.Unsafe<EventMessage>(
  Type.Object(
    {
      organizationId: Type.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" }),
      eventId: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$" }),
      customerId: Type.String({ minLength: 1, maxLength: 100 }),
      type: Type.String({ minLength: 1, maxLength: 100 }),
      description: Type.String({ minLength: 1, maxLength: 1000 }),
      date: instant,
      actor: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      targets: Type.Optional(Type.Array(target, { minItems: 1, maxItems: 10 })),
      detail: Type.Optional(Type.Unknown()),
      recordedAt: instant,
      recordedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      transactionId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      salt: Type.String({ pattern: "^[A-Za-z0-9_-]{22}$" }),
      dateIsDefault: Type.Optional(Type.Literal(true)),
      audit: Type.Optional(Type.Literal(true)),
    },
    { additionalProperties: false },
  ),
);

/** A message of the queue `events` with one event. */
export const EventMessageSchema = validator(schema);

/** What stands on the queue `events`: one event, or many of one request. */
export const EventsMessageSchema = validator(
  Type.Union([
    schema,
    Type.Object({ events: Type.Array(schema, { minItems: 1 }) }, { additionalProperties: false }),
  ]),
);
