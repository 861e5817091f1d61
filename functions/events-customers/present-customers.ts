import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { customerTag, toCustomer } from "#common/events/customers/customer.ts";
import { type CustomerTable, readCustomer } from "#common/events/customers/customers.ts";
import { findCustomers } from "#common/events/customers/find-customers.ts";
import { nameWords } from "#common/events/customers/name-words.ts";
import { type Answer, ok, tagged } from "#common/http/answers.ts";
import { openPage } from "#common/paging/answer-page.ts";
import type { Cursors } from "#common/paging/cursor.ts";
import type { Clock } from "#common/time/clock.ts";

export type PresentCustomersDeps = { table: CustomerTable; cursors: Cursors; now?: Clock };

type Query = { q?: string | undefined; limit: number; cursor?: string | undefined };

export const makePresentCustomers = ({ table, cursors, now = Date.now }: PresentCustomersDeps) => ({
  one: async ({ organizationId }: Pick<Member, "organizationId">, customerId: string): Promise<Answer> => {
    const customer = await readCustomer(table, organizationId, customerId);
    if (!customer) throw new AppError("NOT_FOUND");
    return tagged(ok(toCustomer(customer)), customerTag(customer));
  },

  /** Checks what is asked, and answers how to read it: what is refused is no read. */
  page: async (
    { organizationId, userId }: Member,
    { q, limit, cursor }: Query,
  ): Promise<() => Promise<Answer>> => {
    const words = q === undefined ? [] : nameWords(q);
    if (q !== undefined && words.length === 0) {
      throw new AppError("INPUT_INVALID", {
        errors: [{ in: "query", path: "/q", message: "must hold a letter or a digit" }],
      });
    }
    const scope = { route: "GET /customers", organizationId, userId, filters: q === undefined ? {} : { q } };
    return openPage({
      cursors,
      scope,
      cursor,
      find: (after: string | undefined) => findCustomers(table, { organizationId, words, limit, after, now }),
      toJson: ({ customer }) => JSON.stringify(toCustomer(customer)),
      positionOf: ({ position }) => position,
    });
  },
});
