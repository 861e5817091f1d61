import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const NewRecord = validator(
  Type.Unsafe<Record<string, unknown>>({
    type: "object",
    minProperties: 1,
    maxProperties: 100,
    examples: [{ informationOne: "aaa23", informationTwo: "bbb24" }],
  }),
);

const Accepted = validator(
  Type.Object({ id: Type.String({ format: "uuid" }), createdAt: Type.String({ format: "date-time" }) }),
);

export const contract = {
  "POST /data": {
    summary: "Keep a record",
    description: "Takes any JSON object of 1 to 100 fields, at most 256 KB, as a record of the caller's own.",
    body: NewRecord,
    bodyBytesMax: 262_144,
    idempotent: true,
    answers: {
      202: { description: "The record is on its way and will be readable shortly.", body: Accepted },
    },
  },
} as const;
