import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import type { JobMessage } from "./start-job.ts";

const schema = Type.Unsafe<JobMessage>(
  Type.Object(
    {
      organizationId: Type.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" }),
      jobId: Type.String({ format: "uuid" }),
    },
    { additionalProperties: false },
  ),
);

/** What stands on the queue `events-jobs`: which job is to be worked on. */
export const JobMessageSchema = validator(schema);
