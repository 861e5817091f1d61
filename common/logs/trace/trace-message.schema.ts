import { type Static, Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const row = Type.Object(
  {
    pk: Type.String({ minLength: 1, maxLength: 300 }),
    sk: Type.String({ minLength: 1, maxLength: 300 }),
    /** Unix milliseconds. */
    receivedAt: Type.Integer(),
    /** Unix seconds. */
    expiresAt: Type.Integer(),
    /** The line as JSON, where it is short. */
    text: Type.Optional(Type.String()),
    /** The line as JSON, packed, in base64. */
    packed: Type.Optional(Type.String()),
    /** The object of the lake that holds the packed line. */
    key: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** What stands on the queue `logs-traces`: rows of one transaction id that the table did not take. */
export const TraceMessageSchema = validator(
  Type.Object({ rows: Type.Array(row, { minItems: 1 }) }, { additionalProperties: false }),
);

export type TraceMessageRow = Static<typeof row>;
export type TraceMessage = { rows: TraceMessageRow[] };
