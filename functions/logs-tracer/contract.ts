import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const milliseconds = (description: string) => Type.Integer({ description });

const event = Type.Object({
  time: Type.String({ format: "date-time", description: "By the server's own clock." }),
  action: Type.String(),
  description: Type.String(),
  type: Type.Optional(Type.String()),
  success: Type.Boolean(),
  server: Type.Optional(Type.String()),
  detail: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: "object" })),
  caller: Type.Optional(Type.String({ description: "Where in the program." })),
  extra: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: "object" })),
  transactionId: Type.Optional(Type.String()),
  logType: Type.String(),
  messageId: Type.String({ description: "The id of the message that the event came in." }),
  offsetMs: milliseconds("Since the first event, in corrected time."),
  gapMs: milliseconds("Since the event before, in corrected time."),
  skewMs: Type.Optional(
    milliseconds("How far the server's clock is ahead of those that called it; absent where it is right."),
  ),
});

const TraceAnswer = validator(
  Type.Object({
    transactionId: Type.String(),
    complete: Type.Boolean({
      description:
        "Whether every server that was called was heard of, the last message came two minutes ago or more, and all is shown.",
    }),
    events: Type.Array(event, { description: "In the order of corrected time." }),
    servers: Type.Array(
      Type.Object({
        server: Type.String(),
        skewMs: milliseconds("How far its clock is ahead; 0 where it is right."),
      }),
    ),
    missing: Type.Array(
      Type.Object({ server: Type.String(), calledAt: Type.String({ format: "date-time" }) }),
      { description: "Servers that were called and not heard of." },
    ),
  }),
);

export const contract = {
  "GET /logs/traces/{transactionId}": {
    summary: "Follow a transaction through all servers",
    description:
      "What every server logged of the transaction in the last 35 days, within seconds of it, in one line of time: a server's clock that cannot be right is corrected by the calls that led to it. At most 10,000 messages and 6 MB. Stored events of customers are among them for callers with `events.read`, and reading them is recorded.",
    answers: { 200: { description: "The trace.", body: TraceAnswer } },
  },
} as const;
