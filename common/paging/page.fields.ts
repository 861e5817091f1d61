import { Type } from "typebox";

// For schemas only, which are compiled ahead; TypeBox is in no bundle.

/** Query of every list: `limit` 1 to 100, and where the last page ended. */
export const pageFields = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 25 }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
};
