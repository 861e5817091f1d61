import { Type } from "typebox";
import { transactionFields } from "#common/transactions/transaction.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";

const SyncQuery = queryValidator(
  Type.Object(
    {
      cursor: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 8_192,
          description: "Of the page before; without it the walk begins anew, for an app that has nothing.",
        }),
      ),
      limit: Type.Integer({
        minimum: 1,
        maximum: 500,
        default: 100,
        description: "The most that a page says in all.",
      }),
    },
    { additionalProperties: false },
  ),
);

const SyncAnswer = validator(
  Type.Object({
    added: Type.Array(transactionFields),
    modified: Type.Array(transactionFields),
    removed: Type.Array(Type.Object({ accountId: Type.String(), transactionId: Type.String() })),
    cursor: Type.String({
      description:
        "Keep it: the next page begins here. Good for 90 days at the end of a walk, for 24 hours before.",
    }),
    hasMore: Type.Boolean({ description: "Whether to ask at once for the next page." }),
  }),
);

export const contract = {
  "GET /transactions/sync": {
    summary: "Get what changed on the caller's accounts",
    description:
      "Pages that are applied in order give the state of the server: each says the net effect per transaction. An account that is given to the caller shows as rows added, one that is taken as rows removed.",
    query: SyncQuery,
    answers: { 200: { description: "A page of changes.", body: SyncAnswer } },
  },
} as const;
