import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const Health = validator(Type.Object({ status: Type.Literal("ok"), version: Type.String() }));

export const contract = {
  "GET /health": {
    summary: "Whether the platform answers",
    answers: { 200: { description: "It does.", body: Health } },
  },
} as const;
