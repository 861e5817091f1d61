import { Type } from "typebox";
import { JSON_TYPE, ND_JSON_TYPE } from "#common/http/body-types.ts";
import { GIVEN_ID_PATTERN } from "#common/ids/given-id.ts";
import { LOG_LIMITS } from "#common/log-message/message.ts";
import { LOG_TYPES, POSTED_TYPES } from "#common/logs/types.ts";
import { validator } from "#common/validation/schema.ts";
import type { PostedLogs } from "./read-body.ts";

const { actionLength, descriptionLength, serverLength, eventTypeLength } = LOG_LIMITS;

const id = (description: string) => Type.Optional(Type.String({ pattern: GIVEN_ID_PATTERN, description }));
const time = (description: string) => Type.Optional(Type.String({ format: "date-time", description }));
const server = Type.Optional(
  Type.String({ minLength: 1, maxLength: serverLength, description: "Who did it." }),
);

const event = Type.Object({
  action: Type.String({ minLength: 1, maxLength: actionLength }),
  description: Type.String({ maxLength: descriptionLength }),
  detail: Type.Optional(Type.Unsafe({ type: "object", description: "Any fields." })),
  caller: Type.Optional(Type.String({ description: "Where in the program: `file:line:column`." })),
  server,
  success: Type.Optional(Type.Boolean({ description: "True when absent." })),
  time: time("The message's when absent."),
  transactionId: id("The message's when absent."),
  type: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: eventTypeLength,
      description: "`request`, `response`, `call`, `publish`, `push`, `error`, `note` or another.",
    }),
  ),
});

const message = Type.Object({
  organizationID: Type.Optional(Type.String({ description: "May be said, but only as the token says it." })),
  logType: Type.Unsafe({ type: "string", enum: [...POSTED_TYPES] }),
  id: id("Counts once in its organization, type and hour. Made by the platform when absent."),
  time: time(
    "RFC 3339 with any offset. Now when absent; one that is over 5 minutes ahead or too far back is kept as `sentTime`.",
  ),
  transactionId: id("Joins what several servers do for one purpose."),
  server,
  events: Type.Array(event, { minItems: 1, maxItems: LOG_LIMITS.events }),
});

const { organizationID: _, ...example } = LOG_TYPES.web.example;

const PostedLogsSchema = validator(
  // `if` and not `anyOf`, so that the faults are those of what was meant.
  Type.Unsafe<PostedLogs>({
    if: { type: "array" },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { type: "array", minItems: 1, items: message },
    else: message,
    examples: [example],
  }),
);

const Recorded = validator(
  Type.Object({
    accepted: Type.Integer({ description: "Messages that are on their way into the lake." }),
    rejected: Type.Array(
      Type.Object({
        index: Type.Integer({ description: "The message's place in the body, from 0." }),
        errors: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
      }),
      { description: "Messages that were refused, with all their faults." },
    ),
  }),
);

export const contract = {
  "POST /logs": {
    summary: "Record log messages",
    description:
      "Takes a message, an array of them, or one a line (`application/x-ndjson`, also gzip), 1 MB unpacked. The good ones are taken, the others answered with their faults; 400 when none is good. Fields that are not known are kept.",
    body: PostedLogsSchema,
    bodyTypes: [JSON_TYPE, ND_JSON_TYPE],
    idempotent: true,
    answers: {
      202: { description: "The good messages are on their way.", body: Recorded },
    },
  },
} as const;
