import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import { PostedEventsSchema } from "./body/posted-events.schema.ts";

const Accepted = validator(
  Type.Object({
    accepted: Type.Integer({ description: "Events taken; all that were posted." }),
    eventIds: Type.Array(Type.String(), { description: "Their ids, in the order they were posted in." }),
  }),
);

export const contract = {
  "POST /events": {
    summary: "Record events",
    description:
      "Takes one event, or up to 500 in an array. All are checked before any is taken: a 400 names each bad one by its index and takes none.",
    body: PostedEventsSchema,
    idempotent: true,
    answers: {
      202: { description: "The events are on their way and will be readable shortly.", body: Accepted },
      409: {
        description: "An eventId is stored already with other content; none of the events was taken.",
      },
    },
  },
} as const;
