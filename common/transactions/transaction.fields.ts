import { Type } from "typebox";
import { CATEGORIES } from "#common/cleansing/categories.ts";

// For contracts only: their schemas are compiled ahead, and TypeBox is in no bundle.

const optionalText = (description?: string) =>
  Type.Optional(Type.String(description === undefined ? {} : { description }));

const amount = (description: string) => Type.String({ description, examples: ["-12.30"] });

export const categoryField = Type.String({
  description: `What machines say is one of ${CATEGORIES.join(", ")}; a person may have written anything else.`,
});

/** A transaction as its owners see it. */
export const transactionFields = Type.Object({
  transactionId: Type.String(),
  accountId: Type.String(),
  postedAt: Type.String({ format: "date-time" }),
  amount: amount("A decimal with the currency's decimals; minus is out."),
  currency: Type.String({ description: "ISO 4217." }),
  description: Type.String({ description: "As the bank wrote it." }),
  type: Type.Unsafe<"debit" | "credit">({ type: "string", enum: ["debit", "credit"] }),
  status: Type.Unsafe<"pending" | "posted">({ type: "string", enum: ["pending", "posted"] }),
  balance: Type.Optional(amount("Of the account, after it.")),
  checkNumber: optionalText(),
  memo: optionalText(),
  bankId: optionalText(
    "The bank's id, where it cannot stand in a path; `transactionId` then follows from it.",
  ),
  pendingTransactionId: optionalText("The pending transaction that this one took the place of."),
  merchant: Type.Optional(
    Type.Object({ name: Type.String(), logoUrl: optionalText(), website: optionalText() }),
  ),
  category: categoryField,
  categorySource: Type.Unsafe<"person" | "vendor" | "rules" | "none">({
    type: "string",
    enum: ["person", "vendor", "rules", "none"],
  }),
  confidence: Type.Optional(Type.Number({ description: "Of the vendor's answer, 0 to 1." })),
  location: Type.Optional(
    Type.Object({
      address: optionalText(),
      city: optionalText(),
      region: optionalText(),
      postalCode: optionalText(),
      country: optionalText(),
      latitude: Type.Optional(Type.Number()),
      longitude: Type.Optional(Type.Number()),
    }),
  ),
  note: optionalText("A person's own words."),
  extra: Type.Optional(
    Type.Unsafe<Record<string, string>>({
      type: "object",
      description: "Columns of the bank's file that the platform does not know.",
    }),
  ),
  importId: Type.String({ description: "The import that first said what is shown." }),
  updatedAt: Type.String({ format: "date-time", description: "When what is shown changed last." }),
});
