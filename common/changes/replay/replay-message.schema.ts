import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import type { ReplayMessage } from "./replay.ts";

export const ReplayMessageSchema = validator(
  Type.Unsafe<ReplayMessage>(
    Type.Object(
      {
        organizationId: Type.String({ pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" }),
        id: Type.String({ format: "uuid" }),
      },
      { additionalProperties: false },
    ),
  ),
);
