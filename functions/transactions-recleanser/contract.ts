import { Type } from "typebox";
import { jobHeaders, jobStartedHeaders } from "#common/jobs/job.fields.ts";
import { validator } from "#common/validation/schema.ts";

const NewCleansing = validator(
  Type.Object(
    {
      from: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 40,
          description:
            "Transactions posted then or later: a day, which is its first instant in UTC, or a time. Absent: all.",
        }),
      ),
      vendor: Type.Optional(
        Type.Boolean({
          description:
            "Whether the vendor is asked as well, anew for every transaction, which costs what it asks for. Default: the rules alone.",
        }),
      ),
      dryRun: Type.Optional(
        Type.Boolean({
          description: "Counts what would change, and writes nothing; a vendor is asked all the same.",
        }),
      ),
    },
    { additionalProperties: false, examples: [{ from: "2026-01-01" }] },
  ),
);

const Cleansing = validator(
  Type.Object({
    id: Type.String({ format: "uuid" }),
    status: Type.Unsafe<"running" | "completed" | "failed">({
      type: "string",
      enum: ["running", "completed", "failed"],
    }),
    rows: Type.Integer({ description: "Transactions that are shown; 0 until they are counted." }),
    rowsDone: Type.Integer(),
    changed: Type.Integer({ description: "Transactions that now show something else." }),
    secondsLeft: Type.Optional(Type.Integer()),
    reason: Type.Optional(Type.String({ description: "Why it failed." })),
  }),
);

export const contract = {
  "POST /cleansings": {
    summary: "Cleanse the organization's transactions again",
    description:
      "By today's rules, and by the vendor where that is asked for. What a person set stays. One at a time: 409 while another is running.",
    idempotent: true,
    body: NewCleansing,
    answers: {
      202: {
        description: "It is running; `Location` names where to ask for it.",
        body: Cleansing,
        headers: jobStartedHeaders,
      },
    },
  },
  "GET /cleansings/{id}": {
    summary: "Ask how far a cleansing is",
    description: "Any of the organization's, for 7 days.",
    answers: { 200: { description: "How far it is.", body: Cleansing, headers: jobHeaders } },
  },
} as const;
