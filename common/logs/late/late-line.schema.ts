import { type Static, Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import { LOG_TYPE_NAMES, type LogType } from "../types.ts";

const schema = Type.Object({
  environment: Type.String({ pattern: "^[a-z][a-z0-9-]{0,31}$" }),
  organizationID: Type.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" }),
  logType: Type.Unsafe<LogType>({ type: "string", enum: LOG_TYPE_NAMES }),
  id: Type.String({ minLength: 1 }),
  year: Type.Integer({ minimum: 1, maximum: 9_999 }),
  month: Type.Integer({ minimum: 1, maximum: 12 }),
  day: Type.Integer({ minimum: 1, maximum: 31 }),
  hour: Type.Integer({ minimum: 0, maximum: 23 }),
});

/** A line on the queue `logs-late`: what its folder is made of; all else was checked before. */
export const LateLineSchema = validator(schema);

export type LateLine = Static<typeof schema>;
