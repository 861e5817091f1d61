import { Type } from "typebox";
import { jobFields, jobHeaders, jobStartedHeaders } from "#common/jobs/job.fields.ts";
import { validator } from "#common/validation/schema.ts";

const brokenAt = Type.Object(
  {
    kind: Type.Unsafe<string>({
      type: "string",
      enum: ["changed", "removed", "inserted", "reordered", "list", "detail", "head"],
      description:
        "What happened to an event or block; or what is not as the chain says: a list or event as readers see it, a large detail, the chain's head.",
    }),
    chain: Type.Object({ epoch: Type.Integer(), number: Type.Integer() }),
    block: Type.Integer(),
    sequence: Type.Integer({ description: "The event's place in the chain." }),
    eventId: Type.Optional(Type.String()),
    message: Type.String({ description: "The same in words." }),
  },
  { description: "The first place that is not as it was." },
);

const valid = Type.Boolean({
  description:
    "Whether every event that was ever stored is there, unchanged, in its place, and in its lists. Says nothing of whether it was true.",
});
const checked = Type.Integer({
  description: "Events that were looked at; the audit chain is verified too and not counted.",
});

const anchor = Type.Union([Type.String(), Type.Null()], {
  description:
    "The last anchor in the lake, which the heads of the chains were held against: `anchors/2025/01/31.json`. Null when no anchor names the organization yet.",
});

const VerdictAnswer = validator(
  Type.Object({
    valid,
    checked,
    anchor,
    brokenAt: Type.Optional(brokenAt),
    reason: Type.Optional(Type.String({ description: "What is not as it was, in words." })),
  }),
);

const orNull = <T extends typeof valid | typeof checked>(type: T) => Type.Union([type, Type.Null()]);

const JobAnswer = validator(
  Type.Object({
    ...jobFields,
    valid: orNull(valid),
    checked: orNull(checked),
    anchor,
    brokenAt: Type.Optional(brokenAt),
    reason: Type.Optional(
      Type.String({ description: "Of a job that failed: why it did. Of a verdict: what is not as it was." }),
    ),
  }),
);

export const contract = {
  "GET /events/verify": {
    summary: "Verify the organization's events",
    description:
      "Recomputes every hash chain of the organization, the audit events' too, holds their heads against the last anchor, and compares what readers see with them, both ways: nothing is missing, and nothing is there that no chain knows. What cannot be read is named as the place that is broken. Answers at once when that takes 20 seconds or less; else a job does it.",
    answers: {
      200: { description: "The verdict.", body: VerdictAnswer },
      202: {
        description: "A job verifies; `Location` names where to ask for it.",
        body: JobAnswer,
        headers: jobStartedHeaders,
      },
    },
  },
  "GET /events/verifications/{id}": {
    summary: "Ask for a verification",
    description: "The caller's own verifications only, for 7 days.",
    answers: {
      200: { description: "How far it is, and the verdict.", body: JobAnswer, headers: jobHeaders },
    },
  },
} as const;
