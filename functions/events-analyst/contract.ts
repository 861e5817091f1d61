import { Type } from "typebox";
import { EVENT_LIMITS } from "#common/events/event.ts";
import { eventFilters, filtersButType } from "#common/events/read/event-filters.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";
import type { GroupBy } from "./analytics-source.ts";

const GROUPINGS: GroupBy[] = ["type", "customer", "actor", "day", "hour"];

const StatsQuery = queryValidator(
  Type.Object(
    {
      groupBy: Type.Unsafe<GroupBy[]>({
        type: "array",
        items: { type: "string", enum: GROUPINGS },
        minItems: 1,
        maxItems: 4,
        uniqueItems: true,
        description: "May be repeated up to four times: the answer has `groups` then, all from one look.",
      }),
      ...eventFilters,
    },
    { additionalProperties: false },
  ),
);

const type = (description: string) =>
  Type.String({ minLength: 1, maxLength: EVENT_LIMITS.typeLength, description });

const DurationsQuery = queryValidator(
  Type.Object(
    {
      fromType: type("What begins, for example the type of an opened account."),
      toType: type("What ends it, for example the type of a closed account."),
      ...filtersButType,
    },
    { additionalProperties: false },
  ),
);

const counts = Type.Array(Type.Object({ key: Type.String(), count: Type.Integer({ minimum: 1 }) }));

const StatsAnswer = validator(
  Type.Object({
    items: Type.Optional(counts),
    groups: Type.Optional(
      Type.Object(Object.fromEntries(GROUPINGS.map((name) => [name, Type.Optional(counts)]))),
    ),
  }),
);

const seconds = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);

const DurationsAnswer = validator(
  Type.Object({
    count: Type.Integer({ minimum: 0, description: "Customers who have both, in this order." }),
    medianSeconds: seconds,
    p90Seconds: seconds,
    meanSeconds: seconds,
  }),
);

const LIMITS =
  "Exact. What cannot be counted within 20 seconds, or answered in 5 MB, is refused with 503 `TOO_MUCH_TO_COUNT`: " +
  "narrow the time or the filters. That it was asked is itself recorded as an event of the type `audit`.";

export const contract = {
  "GET /events/stats": {
    summary: "Count events by type, customer, actor, day or hour",
    description:
      "Largest first, days and hours in time order; a day is `2025-01-31` and an hour its first instant " +
      "`2025-01-31T12:00:00.000Z`, both in UTC. Events without an actor count under the empty key. Audit events " +
      `are counted only if \`type=audit\` is asked for. ${LIMITS}`,
    query: StatsQuery,
    answers: { 200: { description: "The counts.", body: StatsAnswer } },
  },
  "GET /events/durations": {
    summary: "Measure the time from one type of event to another",
    description:
      "Per customer, the time from the first event of `fromType` to the next one of `toType` after it, over all " +
      "customers who have both: median and 90th percentile by nearest rank, and mean. The filters say which " +
      `events are looked at. Null when there is none. ${LIMITS}`,
    query: DurationsQuery,
    answers: { 200: { description: "The durations.", body: DurationsAnswer } },
  },
} as const;
