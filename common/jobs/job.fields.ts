import { Type } from "typebox";

/** What every answer about a job has; the service adds its own. */
export const jobFields = {
  id: Type.String({ format: "uuid" }),
  status: Type.Unsafe<"running" | "succeeded" | "failed">({
    type: "string",
    enum: ["running", "succeeded", "failed"],
  }),
  reason: Type.Optional(Type.String({ description: "Why it failed." })),
};

/** Headers of the 202 that answers with a job. */
export const jobStartedHeaders = {
  Location: "Where to ask for the job.",
  "Retry-After": "Seconds after which to ask for it.",
} as const;

/** Headers of an answer about a job. */
export const jobHeaders = {
  "Retry-After": {
    description: "Seconds after which to ask again; absent once it has ended.",
    required: false,
  },
} as const;
