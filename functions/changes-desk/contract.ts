import { Type } from "typebox";
import { jobStartedHeaders } from "#common/jobs/job.fields.ts";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { PageQuery } from "#common/paging/page-query.schema.ts";
import { validator } from "#common/validation/schema.ts";

const count = (description?: string) => Type.Integer({ minimum: 0, ...(description ? { description } : {}) });
const laneName = Type.Unsafe<"real" | "test">({ type: "string", enum: ["real", "test"] });

const UserAnswer = validator(
  Type.Object({
    userId: Type.String(),
    exists: Type.Boolean({ description: "Whether the user's file is there." }),
    generation: count("How often the user was deleted."),
    writeCounter: count("Of the newest file that could be read."),
    streamed: count("Up to which `write_counter` of this generation the changes are out."),
    lanes: Type.Object(
      { real: Type.String(), test: Type.String() },
      { description: "`number` of the last envelope of real entries and of test entries; `0.0`: none." },
    ),
    version: Type.String({ description: "Id of the newest version, or delete marker, that is streamed." }),
    streamedAt: Type.String({ format: "date-time" }),
    blocked: Type.Optional(
      Type.Object(
        { version: Type.String(), code: Type.String() },
        { description: "The newest file cannot be read; the next good one ends this." },
      ),
    ),
  }),
);

const NewReplay = validator(
  Type.Object(
    {
      userId: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 1_024,
          pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
          description: "The one user to be read.",
        }),
      ),
      all: Type.Optional(Type.Literal(true, { description: "All users, instead of one." })),
      fromWriteCounter: Type.Optional(count("Leaves out entries below it.")),
      lane: Type.Optional(laneName),
      ratePerSecond: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 500, description: "Envelopes a second; 50 if not said." }),
      ),
      as: Type.Optional(
        Type.Unsafe<"persistence">({
          type: "string",
          enum: ["persistence"],
          description:
            "Publishes under the `detail-type` of first publications, which reaches every consumer; if not said, `persistence_replay`.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

const aReplay = Type.Object({
  id: Type.String({ format: "uuid" }),
  state: Type.Unsafe<"running" | "succeeded" | "failed" | "cancelled">({
    type: "string",
    enum: ["running", "succeeded", "failed", "cancelled"],
  }),
  users: Type.Union([count(), Type.Null()], { description: "Null until they are counted." }),
  usersDone: count(),
  events: count("Published so far."),
});

const ReplayAnswer = validator(aReplay);
const ReplayPage = validator(pageOf(aReplay));
const Started = validator(Type.Object({ id: Type.String({ format: "uuid" }) }));

export const contract = {
  "GET /changes/users/{userId}": {
    summary: "See how far a user's changes are streamed",
    answers: { 200: { description: "What the stream knows of the user.", body: UserAnswer } },
  },
  "POST /changes/replays": {
    summary: "Publish users' files again",
    description:
      "Reads the files as they are streamed and publishes their entries under the same ids. One replay runs at a time for an organization.",
    body: NewReplay,
    idempotent: true,
    answers: {
      202: {
        description: "The replay has begun; `Location` names where to ask for it.",
        body: Started,
        headers: jobStartedHeaders,
      },
    },
  },
  "GET /changes/replays": {
    summary: "List replays",
    description: "Those of the last 30 days, the newest first.",
    query: PageQuery,
    answers: { 200: { description: "A page of replays.", body: ReplayPage } },
  },
  "GET /changes/replays/{id}": {
    summary: "Ask for a replay",
    answers: { 200: { description: "How far it is.", body: ReplayAnswer } },
  },
  "DELETE /changes/replays/{id}": {
    summary: "Cancel a replay",
    description: "It ends within about a second. One that has ended stays as it is.",
    answers: { 204: { description: "The replay does not run any more." } },
  },
  "GET /changes/claims/{eventId}": {
    summary: "Get a large event's data",
    answers: {
      302: {
        description: "`Location` gets the data without a token for 15 minutes.",
        headers: { Location: "A presigned URL." },
      },
    },
  },
} as const;
