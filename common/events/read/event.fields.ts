import { Type } from "typebox";

// For contracts only: their schemas are compiled ahead, and TypeBox is in no bundle.

/** An event as the API answers it (`StoredEvent`). */
export const storedEvent = Type.Object({
  eventId: Type.String(),
  organizationId: Type.String(),
  customerId: Type.String({ description: "`-` for audit events." }),
  type: Type.String(),
  description: Type.String(),
  date: Type.String({ format: "date-time" }),
  actor: Type.Optional(Type.String()),
  targets: Type.Optional(
    Type.Array(Type.Object({ type: Type.String(), id: Type.String(), name: Type.Optional(Type.String()) }), {
      description: "What it was done to, beside the customer.",
    }),
  ),
  detail: Type.Optional(Type.Unknown({ description: "Any JSON." })),
  recordedAt: Type.String({ format: "date-time" }),
  recordedBy: Type.Optional(
    Type.String({
      description:
        "The `sub` of the token that posted it, or the function that made it; absent from events of before.",
    }),
  ),
  transactionId: Type.Optional(
    Type.String({
      description: "Of the request that posted it (`x-transaction-id`); absent from events of before.",
    }),
  ),
  chain: Type.Object(
    {
      epoch: Type.Integer(),
      number: Type.Integer(),
      sequence: Type.Integer(),
      hash: Type.String(),
      previousHash: Type.String(),
    },
    { description: "Where the event stands in the organization's hash chains." },
  ),
});
