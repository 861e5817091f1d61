// The OpenAPI document of what the platform asks of a cleansing vendor: `docs/cleansing-vendor.openapi.json`.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { VendorAnswerSchema, VendorRequestSchema } from "#common/cleansing/vendor/vendor.schema.ts";

const FILE = join(import.meta.dirname, "..", "docs", "cleansing-vendor.openapi.json");

const json = (description: string, schema: object, more: object = {}) => ({
  description,
  content: { "application/json": { schema, ...more } },
});

const EXAMPLE = {
  asked: {
    id: "q0Vb2LwTzK9fXc1R",
    description: "CORNER CAFE 12 SPRINGFIELD",
    amount: "-4.50",
    currency: "USD",
    type: "debit",
    postedAt: "2026-03-01T00:00:00.000Z",
  },
  said: {
    id: "q0Vb2LwTzK9fXc1R",
    merchant: { name: "Corner Café", website: "https://cornercafe.example" },
    category: "Restaurants",
    confidence: 0.97,
    location: { city: "Springfield", country: "US" },
  },
};

/** The document as it has to be: its schemas are those that the platform checks by. */
export const vendorDocument = () => ({
  openapi: "3.1.0",
  info: {
    title: "What Millrace asks of a cleansing vendor",
    version: "1.0.0",
    description:
      "A vendor that cleanses transactions implements this. Millrace sends descriptions and amounts, and nothing that says whose they are. It makes at most 5 calls at once, waits 10 seconds for an answer of at most 1 MB, and follows no redirect.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "http://127.0.0.1:4700", description: "npm run cleanser: an example on this machine" }],
  security: [{ secret: [] }],
  paths: {
    "/v1/cleansings": {
      post: {
        operationId: "cleanse",
        summary: "Say what transactions are",
        description:
          "A transaction that is left out of the answer is unknown to the vendor. What the answer says beyond the schema is left out; an answer that breaks it counts as a failure, as does any status that is not listed here.",
        parameters: [
          {
            name: "idempotency-key",
            in: "header",
            required: true,
            description: "The same for repeats of a request, which should be on the bill once.",
            schema: { type: "string", format: "uuid" },
          },
        ],
        requestBody: {
          required: true,
          ...json("Up to 100 transactions.", VendorRequestSchema.schema, {
            example: { transactions: [EXAMPLE.asked] },
          }),
        },
        responses: {
          200: json("What the vendor knows of them.", VendorAnswerSchema.schema, {
            example: { transactions: [EXAMPLE.said] },
          }),
          400: {
            description:
              "One of the transactions cannot be taken; so does any other 4xx say that is not listed here. Millrace halves the request until that one is alone, and does not ask about it again.",
          },
          401: {
            description:
              "The secret is wrong; 403 says the same. Millrace reads its secret anew, and waits where that does not help.",
          },
          429: {
            description: "Too many requests. Millrace waits as long as `Retry-After` says.",
            headers: { "Retry-After": { description: "Seconds, or a date.", schema: { type: "string" } } },
          },
          503: {
            description:
              "The vendor cannot answer now; any 5xx and 408 say the same. After five failures in a row Millrace asks nothing for 30 seconds, then up to 5 minutes.",
            headers: { "Retry-After": { description: "Seconds, or a date.", schema: { type: "string" } } },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      secret: { type: "http", scheme: "bearer", description: "CLEANSER_SECRET." },
    },
  },
});

if (import.meta.main) writeFileSync(FILE, `${JSON.stringify(vendorDocument(), null, 2)}\n`);
