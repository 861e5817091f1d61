import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Customer, toCustomer } from "#common/events/customers/customer.ts";
import { type CustomerTable, readCustomer } from "#common/events/customers/customers.ts";
import { listCustomers } from "#common/events/customers/find-customers.ts";
import { nameWords } from "#common/events/customers/name-words.ts";
import type { Cursors } from "#common/paging/cursor.ts";
import type { Clock } from "#common/time/clock.ts";

export type PresentCustomersDeps = { table: CustomerTable; cursors: Cursors; now?: Clock };

type Query = { q?: string | undefined; limit: number; cursor?: string | undefined };
type Page = { items: Customer[]; cursor: string | null };

const LOOKING_MS = 10_000;

export const makePresentCustomers = ({ table, cursors, now = Date.now }: PresentCustomersDeps) => ({
  one: async ({ organizationId }: Pick<Member, "organizationId">, customerId: string): Promise<Customer> => {
    const customer = await readCustomer(table, organizationId, customerId);
    if (!customer) throw new AppError("NOT_FOUND");
    return toCustomer(customer);
  },

  /** Checks what is asked, and answers how to read it: what is refused is no read. */
  page: async (
    { organizationId, userId }: Member,
    { q, limit, cursor }: Query,
  ): Promise<() => Promise<Page>> => {
    const words = q === undefined ? [] : nameWords(q);
    if (q !== undefined && words.length === 0) {
      throw new AppError("INPUT_INVALID", {
        errors: [{ in: "query", path: "/q", message: "must hold a letter or a digit" }],
      });
    }
    const scope = { route: "GET /customers", organizationId, userId, filters: q === undefined ? {} : { q } };
    const after = cursor === undefined ? undefined : String(await cursors.open(cursor, scope));

    return async () => {
      const options = { organizationId, words, limit, after, untilMs: now() + LOOKING_MS, now };
      const { customers, next } = await listCustomers(table, options);
      return {
        items: customers.map(toCustomer),
        cursor: next === undefined ? null : await cursors.seal(next, scope),
      };
    };
  },
});
