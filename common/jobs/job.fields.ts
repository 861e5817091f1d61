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
