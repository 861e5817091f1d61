import { Type } from "typebox";
import { GIVEN_ID_PATTERN } from "#common/ids/given-id.ts";
import { EVENT_LIMITS } from "../event.ts";

// For contracts only: their schemas are compiled ahead, and TypeBox is in no bundle.

const date = (description: string) => Type.Optional(Type.String({ format: "day-or-time", description }));

/** What narrows a list of events of one customer. */
export const customerFilters = {
  type: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: EVENT_LIMITS.typeLength }), {
      maxItems: 100,
      description: "Any of these types; may be repeated. Audit events come only if `audit` is one of them.",
    }),
  ),
  from: date(
    "Events of this time or later: a day, which is its first instant in UTC (`2025-01-31`), or a time as RFC 3339 writes it, with any offset (`2025-01-31T12:00:00Z`).",
  ),
  to: date(
    "Events before this time, or before the first instant of this day in UTC: `from=2025-01-01&to=2025-02-01` is January.",
  ),
  actor: Type.Optional(
    Type.String({ minLength: 1, maxLength: EVENT_LIMITS.actorLength, description: "Exactly this actor." }),
  ),
  recordedBy: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: "Posted by exactly this user (the token's `sub`), or made by this function.",
    }),
  ),
  target: Type.Optional(
    Type.String({
      pattern: "^[^:]+:",
      maxLength: EVENT_LIMITS.targetTypeLength + 1 + EVENT_LIMITS.targetIdLength,
      description: "Done to this: `<type>:<id>`, for example `account:a-1`. The id may hold further colons.",
    }),
  ),
  q: Type.Optional(
    Type.String({
      maxLength: 400,
      description:
        "Words that all stand in the description, in any order, each the beginning of a word of it; case and accents do not count.",
    }),
  ),
};

const customerId = Type.Optional(
  Type.String({
    pattern: `^-$|${GIVEN_ID_PATTERN}`,
    description: "Events of this customer; `-` stands for none, as audit events have it.",
  }),
);

/** What narrows a list of events. They combine: an event meets all of them. */
export const eventFilters = {
  customerId,
  ...customerFilters,
  about: Type.Optional(
    Type.String({
      pattern: GIVEN_ID_PATTERN,
      description:
        "Audit events that say they looked at this customer or changed it; implies `type=audit` and goes with no other type.",
    }),
  ),
};

const { type: _type, about: _about, ...exceptType } = eventFilters;

/** The same where the types are asked for otherwise. */
export const filtersButType = exceptType;

export const orderField = {
  order: Type.Unsafe<"asc" | "desc">({
    type: "string",
    enum: ["asc", "desc"],
    default: "desc",
    description: "By date, and by id within the same millisecond.",
  }),
};
