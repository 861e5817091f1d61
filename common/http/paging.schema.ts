import { Type } from "typebox";
import { queryValidator } from "#common/validation/schema.ts";

/** Query of a list without filters: `limit` 1 to 100, and where the last page ended. */
export const PageQuery = queryValidator(
  Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 100, default: 25 }),
      cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
    },
    { additionalProperties: false },
  ),
);
