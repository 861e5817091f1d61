import { Type } from "typebox";
import { GIVEN_ID_PATTERN } from "#common/ids/given-id.ts";
import { EVENT_LIMITS } from "../event.ts";

// For contracts only: their schemas are compiled ahead, and TypeBox is in no bundle.

const date = (description: string) => Type.Optional(Type.String({ format: "date-time", description }));

/** What narrows a list of events of one customer. */
export const customerFilters = {
  type: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: EVENT_LIMITS.typeLength }), {
      maxItems: 100,
      description: "Any of these types; may be repeated. Audit events come only if `audit` is one of them.",
    }),
  ),
  from: date("Events of this time or later; RFC 3339 with any offset."),
  to: date("Events before this time."),
  actor: Type.Optional(
    Type.String({ minLength: 1, maxLength: EVENT_LIMITS.actorLength, description: "Exactly this actor." }),
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
export const eventFilters = { customerId, ...customerFilters };

const { type: _, ...exceptType } = eventFilters;

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
