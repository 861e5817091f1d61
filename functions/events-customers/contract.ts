import { Type } from "typebox";
import { CUSTOMER_LIMITS, type Profile } from "#common/events/customers/customer.ts";
import { pageFields } from "#common/paging/page.fields.ts";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";

const { nameLength, emailLength, externalIdLength } = CUSTOMER_LIMITS;

const fields = {
  name: Type.String({
    minLength: 1,
    maxLength: nameLength,
    description:
      "No control characters, and not only white space and characters that cannot be seen. Kept as it is sent: blanks around it are part of it.",
  }),
  email: Type.Optional(Type.String({ format: "email", maxLength: emailLength })),
  externalId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: externalIdLength,
      description: "The `sub` of the user that this customer signs in as.",
    }),
  ),
  attributes: Type.Optional(
    Type.Unsafe<NonNullable<Profile["attributes"]>>({
      type: "object",
      description: "Whatever else there is to know: any JSON object of at most 32 KB.",
    }),
  ),
};

const PostedProfile = validator(
  Type.Unsafe<Profile>({
    ...Type.Object(fields, { additionalProperties: false }),
    examples: [{ name: "Zoë Müller", email: "zoe@example.org", attributes: { tier: "gold" } }],
  }),
);

const customer = Type.Object({
  customerId: Type.String(),
  organizationId: Type.String(),
  ...fields,
  createdAt: Type.String({ format: "date-time" }),
  updatedAt: Type.String({ format: "date-time" }),
});

const CustomerAnswer = validator(customer);
const PageAnswer = validator(pageOf(customer));

const ListQuery = queryValidator(
  Type.Object(
    {
      q: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: nameLength,
          description:
            "Words of the name, or their beginnings; all must be there. Case and accents do not count.",
        }),
      ),
      ...pageFields,
    },
    { additionalProperties: false },
  ),
);

const headers = {
  ETag: "The strong entity tag of this version, for `If-Match`. Another version has another.",
};

export const contract = {
  "PUT /customers/{customerId}": {
    summary: "Create or replace a customer",
    description:
      "Each change is an audit event (`customer_created`, `customer_replaced` in its detail) that holds a digest of the profile and nothing of what it says. The same profile again changes nothing. Without `If-Match` the last of several requests wins; with it one that has not seen the version that stands changes nothing and is 412.",
    body: PostedProfile,
    preconditions: ["If-Match", "If-None-Match"],
    answers: {
      200: { description: "The customer, replaced.", body: CustomerAnswer, headers },
      201: { description: "The customer, created.", body: CustomerAnswer, headers },
      409: { description: "Others were changing the customer at the same moment." },
      412: { description: "`If-Match` or `If-None-Match` does not hold; nothing was changed." },
    },
  },
  "GET /customers/{customerId}": {
    summary: "Read one customer",
    description: "The read is recorded as an audit event.",
    answers: { 200: { description: "The customer.", body: CustomerAnswer, headers } },
  },
  "GET /customers": {
    summary: "List customers, or find them by name",
    description: "By their ids; with `q` by the word that was found. The read is recorded as an audit event.",
    query: ListQuery,
    answers: { 200: { description: "A page of customers.", body: PageAnswer } },
  },
  "DELETE /customers/{customerId}": {
    summary: "Erase a customer",
    description:
      "Removes name, e-mail, attributes and all else but the customer's events, whose chains stay valid. Descriptions of events are not touched, and must not hold what may have to be erased. An event (`customer_erased`) reports it.",
    preconditions: ["If-Match", "If-None-Match"],
    answers: {
      204: { description: "The customer is erased." },
      412: { description: "`If-Match` or `If-None-Match` does not hold; nothing was erased." },
    },
  },
} as const;
