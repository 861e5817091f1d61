import { Type } from "typebox";
import { storedEvent } from "#common/events/read/event.fields.ts";
import { customerFilters, eventFilters, orderField } from "#common/events/read/event-filters.fields.ts";
import { pageFields } from "#common/paging/page.fields.ts";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";

const Filters = queryValidator(
  Type.Object({ ...eventFilters, ...orderField, ...pageFields }, { additionalProperties: false }),
);

const CustomerFilters = queryValidator(
  Type.Object({ ...customerFilters, ...orderField, ...pageFields }, { additionalProperties: false }),
);

const EventAnswer = validator(storedEvent);

const PageAnswer = validator(pageOf(storedEvent));

const PAGE =
  "Pages are full whenever that many events match; one comes short, with a cursor, when ten seconds of " +
  "looking did not fill it or its details have no room in one answer (6 MB). That it was read is itself " +
  "recorded as an event of the type `audit`.";

export const contract = {
  "GET /events": {
    summary: "List events",
    description: `Newest first, in exact order of date and id. Filters combine. ${PAGE}`,
    query: Filters,
    answers: { 200: { description: "A page of events.", body: PageAnswer } },
  },
  "GET /events/{eventId}": {
    summary: "Read one event",
    description:
      "An audit event is found by its id like any other. That it was read is " +
      "itself recorded as an event of the type `audit`.",
    answers: { 200: { description: "The event.", body: EventAnswer } },
  },
  "GET /customers/{customerId}/events": {
    summary: "List a customer's events",
    description: `The same as \`GET /events?customerId=\`. ${PAGE}`,
    query: CustomerFilters,
    answers: { 200: { description: "A page of events.", body: PageAnswer } },
  },
} as const;
