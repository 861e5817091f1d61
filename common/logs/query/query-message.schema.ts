import { type Static, Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const schema = Type.Object(
  {
    organizationId: Type.String({ minLength: 1, maxLength: 63 }),
    queryId: Type.String({ format: "uuid" }),
  },
  { additionalProperties: false },
);

/** What stands on the queue `logs-queries`: a query that may still run. */
export type QueryMessage = Static<typeof schema>;

export const QueryMessageSchema = validator(schema);
