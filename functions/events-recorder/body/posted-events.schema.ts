import { Type } from "typebox";
import { EVENT_LIMITS } from "#common/events/event.ts";
import { GIVEN_ID_PATTERN } from "#common/ids/given-id.ts";
import { validator } from "#common/validation/schema.ts";
import type { PostedEvents } from "./posted-event.ts";

const BATCH_EVENTS_MAX = 500;

const { typeLength, descriptionLength, actorLength } = EVENT_LIMITS;

const target = Type.Object(
  {
    type: Type.String({
      minLength: 1,
      maxLength: EVENT_LIMITS.targetTypeLength,
      pattern: "^[^:]*$",
      description: "For example `account`. No `:` and no control characters.",
    }),
    id: Type.String({ minLength: 1, maxLength: EVENT_LIMITS.targetIdLength }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: EVENT_LIMITS.targetNameLength })),
  },
  { additionalProperties: false },
);

const event = Type.Object(
  {
    eventId: Type.Optional(
      Type.String({
        pattern: GIVEN_ID_PATTERN,
        description: "The same id with the same content is one event. Made by the platform when absent.",
      }),
    ),
    organizationId: Type.Optional(
      Type.String({ description: "May be said, but only as the token says it." }),
    ),
    customerId: Type.String({ pattern: GIVEN_ID_PATTERN }),
    type: Type.String({
      minLength: 1,
      maxLength: typeLength,
      description: "No control characters; `audit` is the platform's own.",
    }),
    description: Type.String({
      minLength: 1,
      maxLength: descriptionLength,
      description: "No control characters. Must not hold what may have to be erased.",
    }),
    date: Type.Optional(
      Type.String({
        format: "date-time",
        description:
          "When it happened: RFC 3339 with any offset, a real day of the years 0001 to 9999 and no leap second, at most 5 minutes ahead. Kept in UTC, cut to milliseconds. Now when absent.",
      }),
    ),
    actor: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: actorLength,
        description: "Who did it. No control characters.",
      }),
    ),
    targets: Type.Optional(
      Type.Array(target, {
        maxItems: EVENT_LIMITS.targets,
        description:
          "What it was done to, beside the customer. No control characters; none is the same as an empty list.",
      }),
    ),
    detail: Type.Optional(
      Type.Unknown({
        description:
          "Any JSON of at most 64 KB. A number that a double cannot hold to the digit is refused: send it as a string.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const PostedEventsSchema = validator(
  // `if` and not `anyOf`, so that the faults are those of what was meant.
  Type.Unsafe<PostedEvents>({
    if: { type: "array" },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { type: "array", minItems: 1, maxItems: BATCH_EVENTS_MAX, items: event },
    else: event,
    examples: [{ customerId: "c-1", type: "account_opened", description: "Savings account opened" }],
  }),
);
