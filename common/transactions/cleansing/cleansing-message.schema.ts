import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import type { CleansingMessage } from "./cleansing-message.ts";

const organizationId = Type.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" });
const id = Type.String({ minLength: 1, maxLength: 100 });

const schema = Type.Unsafe<CleansingMessage>(
  Type.Union([
    Type.Object(
      {
        organizationId,
        rows: Type.Array(Type.Object({ accountId: id, transactionId: id }, { additionalProperties: false }), {
          minItems: 1,
          maxItems: 100,
        }),
        tries: Type.Optional(Type.Integer({ minimum: 0 })),
      },
      { additionalProperties: false },
    ),
    Type.Object({ organizationId, jobId: Type.String({ format: "uuid" }) }, { additionalProperties: false }),
  ]),
);

/** What stands on the queue `transactions-cleansings`. */
export const CleansingMessageSchema = validator(schema);
