import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const Dependencies = validator(
  Type.Object({
    status: Type.Union([Type.Literal("ok"), Type.Literal("failed")]),
    dependencies: Type.Array(
      Type.Object({
        name: Type.String(),
        status: Type.Union([Type.Literal("ok"), Type.Literal("failed")]),
        milliseconds: Type.Integer(),
      }),
    ),
  }),
);

export const contract = {
  "GET /health/dependencies": {
    summary: "Whether everything the platform depends on answers",
    answers: {
      200: { description: "Everything does.", body: Dependencies },
      503: { description: "At least one thing does not.", body: Dependencies },
    },
  },
} as const;
