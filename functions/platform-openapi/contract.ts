import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const Document = validator(Type.Unsafe<Record<string, unknown>>({ type: "object" }));

export const contract = {
  "GET /openapi.json": {
    summary: "This document",
    answers: { 200: { description: "The OpenAPI 3.1 document of all routes.", body: Document } },
  },
} as const;
