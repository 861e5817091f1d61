import { Type } from "typebox";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { PageQuery } from "#common/paging/page-query.schema.ts";
import { validator } from "#common/validation/schema.ts";

const record = Type.Object({
  id: Type.String({ format: "uuid" }),
  createdAt: Type.String({ format: "date-time" }),
  data: Type.Unsafe<Record<string, unknown>>({ type: "object" }),
});

const RecordAnswer = validator(record);
const PageAnswer = validator(pageOf(record));

export const contract = {
  "GET /data": {
    summary: "List the caller's records",
    description: "Newest first.",
    query: PageQuery,
    answers: { 200: { description: "A page of records.", body: PageAnswer } },
  },
  "GET /data/{id}": {
    summary: "Read one of the caller's records",
    answers: { 200: { description: "The record.", body: RecordAnswer } },
  },
} as const;
