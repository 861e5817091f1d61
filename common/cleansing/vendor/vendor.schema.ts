import { type Static, Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

/** What the vendor learns of a transaction. Who made it, and on which account, is not its business. */
const question = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: 40,
      description: "Names the transaction within this request, and means nothing outside of it.",
    }),
    description: Type.String({ minLength: 1, maxLength: 1_000, description: "The bank's text." }),
    amount: Type.String({
      pattern: "^-?[0-9]{1,15}(\\.[0-9]{1,4})?$",
      description: "A decimal; minus is out.",
    }),
    currency: Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217." }),
    type: Type.Unsafe<"debit" | "credit">({ type: "string", enum: ["debit", "credit"] }),
    postedAt: Type.String({ format: "date-time" }),
  },
  { additionalProperties: false },
);

const text = (maxLength: number, description?: string) =>
  Type.String({ minLength: 1, maxLength, ...(description === undefined ? {} : { description }) });

const said = Type.Object({
  id: text(40, "The id that the request has."),
  merchant: Type.Optional(
    Type.Object({
      name: text(200),
      logoUrl: Type.Optional(text(2_048, "An https URL; any other is left out.")),
      website: Type.Optional(text(2_048)),
    }),
  ),
  category: Type.Optional(
    text(
      100,
      "One of the platform's, or the vendor's own: that is looked up in categories.json, else it is Other.",
    ),
  ),
  confidence: Type.Number({
    minimum: 0,
    maximum: 1,
    description: "Below 0.5 the answer counts for nothing.",
  }),
  location: Type.Optional(
    Type.Object({
      address: Type.Optional(text(200)),
      city: Type.Optional(text(200)),
      region: Type.Optional(text(200)),
      postalCode: Type.Optional(text(20)),
      country: Type.Optional(text(100)),
      latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
      longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    }),
  ),
});

const request = Type.Object(
  { transactions: Type.Array(question, { minItems: 1, maxItems: 100 }) },
  { additionalProperties: false },
);

const answer = Type.Object({ transactions: Type.Array(said, { maxItems: 100 }) });

export type Question = Static<typeof question>;
/** What the vendor says of one transaction. */
export type Said = Static<typeof said>;

/** A request as it is sent: the example vendor holds what it gets against this. */
export const VendorRequestSchema = validator(request);

/** An answer as it has to be. A vendor may say more than this: it is left out. */
export const VendorAnswerSchema = validator(answer);
