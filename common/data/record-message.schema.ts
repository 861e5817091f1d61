import { type Static, Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const schema = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    createdAt: Type.String({ format: "date-time" }),
    organizationId: Type.String({ minLength: 1, maxLength: 63 }),
    userId: Type.String({ minLength: 1, maxLength: 255 }),
    /** The record as JSON text. */
    data: Type.String({ minLength: 2, maxLength: 262_144 }),
  },
  { additionalProperties: false },
);

/** What stands on the queue `records`. */
export type RecordMessage = Static<typeof schema>;

export const RecordMessageSchema = validator(schema);
