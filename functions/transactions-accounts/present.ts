import type { Caller, Member } from "#common/auth/caller.ts";
import { ADMIN, mayCall } from "#common/auth/roles.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, ok } from "#common/http/answers.ts";
import { openPage } from "#common/paging/answer-page.ts";
import type { Cursors } from "#common/paging/cursor.ts";
import type { Clock } from "#common/time/clock.ts";
import { type Account, type AccountView, viewOf } from "#common/transactions/accounts/account.ts";
import { ownAccount } from "#common/transactions/changes/edit.ts";
import type { ChangeTable } from "#common/transactions/changes/plan.ts";
import { readAccount, readRows } from "#common/transactions/changes/read.ts";
import { type RequestFilters, readFilters } from "#common/transactions/reading/filters.ts";
import { findOwned, findUnowned } from "#common/transactions/reading/find-accounts.ts";
import { findTransactions } from "#common/transactions/reading/find-transactions.ts";
import { shownOf } from "#common/transactions/rows/shown.ts";

export type PresentDeps = { table: ChangeTable; cursors: Cursors; now?: Clock };

type Reader = Caller & Member;

const isAdmin = ({ roles }: Pick<Caller, "roles">): boolean => mayCall(roles, ADMIN);

/** An account as this caller sees it: an admin also sees whose it is. */
export const presented = (
  account: Account,
  caller: Pick<Caller, "roles">,
): AccountView & { owners?: string[] } => ({
  ...viewOf(account),
  ...(isAdmin(caller) ? { owners: [...account.owners] } : {}),
});

type AccountsQuery = {
  unowned?: boolean | undefined;
  userId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

type PageQuery = RequestFilters & { limit: number; cursor?: string | undefined };

/** Without what was not asked for: an absent filter and none are the same. */
const filtersOf = (query: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { limit: _limit, cursor: _cursor, ...filters } = query;
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
};

export const makePresent = ({ table, cursors, now = Date.now }: PresentDeps) => ({
  account: async (caller: Reader, accountId: string): Promise<Answer> => {
    const account = await readAccount(table, caller.organizationId, accountId);
    if (!account || !(isAdmin(caller) || account.owners.includes(caller.userId))) {
      throw new AppError("NOT_FOUND");
    }
    return ok(presented(account, caller));
  },

  accounts: async (caller: Reader, query: AccountsQuery): Promise<Answer> => {
    const { organizationId, userId } = caller;
    const { unowned = false, limit, cursor } = query;
    if ((unowned || query.userId !== undefined) && !isAdmin(caller)) throw new AppError("FORBIDDEN");
    if (query.unowned !== undefined && query.userId !== undefined) {
      const message = "goes without `unowned`";
      throw new AppError("INPUT_INVALID", { errors: [{ in: "query", path: "/userId", message }] });
    }
    const page = await openPage({
      cursors,
      scope: { route: "GET /accounts", organizationId, userId, filters: filtersOf(query) },
      cursor,
      find: (after: string | undefined) => {
        const options = { organizationId, limit, after, now };
        return unowned ? findUnowned(table, options) : findOwned(table, query.userId ?? userId, options);
      },
      toJson: (account) => JSON.stringify(presented(account, caller)),
      positionOf: ({ accountId }) => accountId,
    });
    return page();
  },

  transaction: async (
    { organizationId, userId }: Member,
    accountId: string,
    transactionId: string,
  ): Promise<Answer> => {
    const account = await ownAccount(table, { organizationId, accountId, userId });
    const rows = await readRows(table, organizationId, [{ accountId, transactionId }]);
    const row = rows.get(accountId)?.get(transactionId);
    const shown = row && shownOf(row, account.night);
    if (!row || !shown) throw new AppError("NOT_FOUND");
    return ok({ ...shown, accountId, updatedAt: row.updatedAt });
  },

  transactions: async (
    { organizationId, userId }: Member,
    accountId: string,
    query: PageQuery,
  ): Promise<Answer> => {
    const wanted = readFilters(query);
    const { limit, cursor } = query;
    const page = await openPage({
      cursors,
      scope: {
        route: "GET /accounts/{accountId}/transactions",
        organizationId,
        userId,
        filters: { ...filtersOf(query), accountId },
      },
      cursor,
      find: async (after: string | undefined) => {
        const account = await ownAccount(table, { organizationId, accountId, userId });
        return findTransactions(table, { ...wanted, account, limit, after, now });
      },
      toJson: ({ shown }) => JSON.stringify(shown),
      positionOf: ({ position }) => position,
    });
    return page();
  },
});
