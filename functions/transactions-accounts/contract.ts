import { Type } from "typebox";
import { pageFields } from "#common/paging/page.fields.ts";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { transactionFields } from "#common/transactions/transaction.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";

const nullable = (description: string, more: { format?: string } = {}) =>
  Type.Union([Type.String(more), Type.Null()], { description });

const nickname = Type.String({ minLength: 1, maxLength: 60, description: "First the account's id." });
const userId = Type.String({ minLength: 1, maxLength: 255, description: "The `sub` of a user's tokens." });

const account = Type.Object({
  accountId: Type.String(),
  nickname,
  currency: nullable(
    "As an admin set it; else that of the row that gives the balance, else of the newest. Null while there is none.",
  ),
  balance: nullable("That of the newest posted transaction that has one, in the account's currency."),
  balanceAsOf: nullable("The date of that transaction.", { format: "date-time" }),
  owners: Type.Optional(Type.Array(userId, { description: "For an admin." })),
});

const AccountAnswer = validator(account);
const AccountsAnswer = validator(pageOf(account));
const TransactionAnswer = validator(transactionFields);
const TransactionsAnswer = validator(pageOf(transactionFields));
const CategoriesAnswer = validator(
  Type.Object({ items: Type.Array(Type.String()), cursor: Type.Null({ description: "They are one page." }) }),
);

const AccountsQuery = queryValidator(
  Type.Object(
    {
      unowned: Type.Optional(Type.Boolean({ description: "For an admin: accounts that belong to no user." })),
      userId: Type.Optional({ ...userId, description: "For an admin: the accounts of this user." }),
      ...pageFields,
    },
    { additionalProperties: false },
  ),
);

const date = (description: string) => Type.Optional(Type.String({ format: "day-or-time", description }));
const decimal = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 40, description }));

const TransactionsQuery = queryValidator(
  Type.Object(
    {
      from: date("Transactions of this time or later: a day, which is its first instant in UTC, or a time."),
      to: date("Transactions before this time, or before the first instant of this day in UTC."),
      q: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 400,
          description:
            "Words that all stand in description, merchant or note, each the beginning of a word of them; case and accents do not count.",
        }),
      ),
      category: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
      type: Type.Optional(Type.Unsafe<"debit" | "credit">({ type: "string", enum: ["debit", "credit"] })),
      status: Type.Optional(
        Type.Unsafe<"pending" | "posted">({ type: "string", enum: ["pending", "posted"] }),
      ),
      minAmount: decimal("Amounts of this much or more; minus is out: -10 is less than 5."),
      maxAmount: decimal("Amounts of this much or less."),
      order: Type.Unsafe<"asc" | "desc">({
        type: "string",
        enum: ["asc", "desc"],
        default: "desc",
        description: "By date, and by id within the same millisecond.",
      }),
      ...pageFields,
    },
    { additionalProperties: false },
  ),
);

const currency = Type.String({ minLength: 1, maxLength: 10, description: "ISO 4217." });

const PutAccount = validator(
  Type.Unsafe<{ userId?: string; owners?: string[]; nickname?: string; currency: string }>({
    ...Type.Object(
      {
        userId: Type.Optional(userId),
        owners: Type.Optional(
          Type.Array(userId, { maxItems: 10, description: "Instead of `userId`: up to 10 users, or none." }),
        ),
        nickname: Type.Optional(nickname),
        currency,
      },
      { additionalProperties: false },
    ),
    examples: [{ userId: "user-1", nickname: "Everyday", currency: "EUR" }],
  }),
);

const PatchAccount = validator(
  Type.Unsafe<{ nickname: string }>({
    ...Type.Object({ nickname }, { additionalProperties: false }),
    examples: [{ nickname: "Holidays" }],
  }),
);

const orNull = (maxLength: number, description: string) =>
  Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength }), Type.Null()], { description }));

const PatchTransaction = validator(
  Type.Unsafe<{ category?: string | null; note?: string | null }>({
    ...Type.Object(
      {
        category: orNull(60, "Any text; null gives it back to the machines."),
        note: orNull(1_000, "Null takes it away."),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    examples: [{ category: "Groceries", note: "For the party" }],
  }),
);

const inChange = { description: "Others were changing the account at the same moment." };

export const contract = {
  "GET /accounts": {
    summary: "List accounts",
    description: "The caller's own, by their ids. An admin may ask for those of a user, or of none.",
    query: AccountsQuery,
    answers: { 200: { description: "A page of accounts.", body: AccountsAnswer } },
  },
  "GET /accounts/{accountId}": {
    summary: "Read one account",
    answers: { 200: { description: "The account.", body: AccountAnswer } },
  },
  "PUT /accounts/{accountId}": {
    summary: "Give an account its owners, name and currency",
    description:
      "Owners see and edit the same transactions; one who comes later gets them all by the sync feed. Without `nickname` the name stays. A currency cannot be changed once a transaction has a balance.",
    body: PutAccount,
    answers: {
      200: { description: "The account, as it is now.", body: AccountAnswer },
      201: { description: "The account, made.", body: AccountAnswer },
      409: {
        description:
          "Another currency than that of the balance, too many accounts, or others were changing it.",
      },
    },
  },
  "PATCH /accounts/{accountId}": {
    summary: "Rename an account",
    body: PatchAccount,
    answers: { 200: { description: "The account.", body: AccountAnswer }, 409: inChange },
  },
  "GET /accounts/{accountId}/transactions": {
    summary: "List an account's transactions",
    description:
      "A cursor is a place in the list: transactions that come meanwhile shift nothing. Pages are full whatever is filtered.",
    query: TransactionsQuery,
    answers: { 200: { description: "A page of transactions.", body: TransactionsAnswer } },
  },
  "GET /accounts/{accountId}/transactions/{transactionId}": {
    summary: "Read one transaction",
    answers: { 200: { description: "The transaction.", body: TransactionAnswer } },
  },
  "PATCH /accounts/{accountId}/transactions/{transactionId}": {
    summary: "Sort or annotate a transaction",
    description: "What a person sets outlives every later file, vendor and undo.",
    body: PatchTransaction,
    answers: { 200: { description: "The transaction.", body: TransactionAnswer }, 409: inChange },
  },
  "GET /transactions/categories": {
    summary: "List the categories that machines use",
    answers: { 200: { description: "The categories.", body: CategoriesAnswer } },
  },
} as const;
