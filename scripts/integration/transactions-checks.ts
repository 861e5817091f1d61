import { randomUUID } from "node:crypto";
import { answerText, type Check, expectProblem, expectStatus, fieldsOf } from "./asking.ts";

/** A walk of more pages than this does not come to its end. */
const PAGES_MAX = 200;

export const transactionsChecks: readonly Check[] = [
  {
    name: "GET /transactions/categories answers what machines sort into",
    async run({ platform, token }) {
      const answer = await platform.ask("/transactions/categories", { token });
      expectStatus(answer, 200);
      const { items } = fieldsOf(answer);
      if (!Array.isArray(items) || !items.includes("Groceries")) {
        throw new Error(`wanted the categories, got ${answerText(answer)}`);
      }
    },
  },
  {
    name: "GET /accounts/{accountId} of no account is 404",
    async run({ platform, token }) {
      expectProblem(await platform.ask(`/accounts/integration-${randomUUID()}`, { token }), 404);
    },
  },
  {
    name: "GET /transactions/sync refuses a cursor that it did not make",
    async run({ platform, token }) {
      expectProblem(await platform.ask("/transactions/sync?cursor=AAAA", { token }), 400);
    },
  },
  {
    name: "GET /transactions/sync comes to the end of its pages",
    async run({ platform, token }) {
      let cursor = "";
      for (let pages = 0; pages < PAGES_MAX; pages += 1) {
        const query = cursor === "" ? "" : `&cursor=${cursor}`;
        const answer = await platform.ask(`/transactions/sync?limit=500${query}`, { token });
        expectStatus(answer, 200);
        const { hasMore, cursor: next } = fieldsOf(answer);
        if (hasMore === false) return;
        if (typeof next !== "string") throw new Error(`wanted a cursor, got ${answerText(answer)}`);
        cursor = next;
      }
      throw new Error(`wanted an end, got ${PAGES_MAX} pages`);
    },
  },
];
