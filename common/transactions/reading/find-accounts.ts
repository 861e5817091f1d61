import type { FoundItems } from "#common/paging/answer-page.ts";
import { fillPage } from "#common/paging/fill-page.ts";
import { mergedPartitions } from "#common/table/merged-partitions.ts";
import type { Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import type { Account } from "../accounts/account.ts";
import { readAccounts } from "../changes/read.ts";
import { accountLists } from "../keys.ts";
import { readOwned } from "../owners/owned.ts";

type ReadTable = Pick<Table, "getMany" | "queryPage">;

type AccountsOptions = {
  organizationId: string;
  limit: number;
  /** The id of the last account of the page before. */
  after?: string | undefined;
  now: Clock;
};

/** Accounts that are there, in the order of these ids. */
const accountsOf = async (
  table: ReadTable,
  organizationId: string,
  accountIds: readonly string[],
): Promise<Account[]> => {
  const accounts = await readAccounts(table, organizationId, accountIds, "");
  return accountIds.flatMap((accountId) => {
    const account = accounts.get(accountId);
    return account && account.version > 0 ? [account] : [];
  });
};

/** The accounts of a user, by their ids. */
export const findOwned = async (
  table: ReadTable,
  userId: string,
  { organizationId, limit, after }: AccountsOptions,
): Promise<FoundItems<Account, string>> => {
  const owned = await readOwned(table, organizationId, userId);
  const ids = owned
    .filter(({ leftAt, accountId }) => leftAt === undefined && (after === undefined || accountId > after))
    .map(({ accountId }) => accountId)
    .sort();
  const page = ids.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await accountsOf(table, organizationId, page),
    ...(ids.length > limit && last !== undefined ? { next: last } : {}),
  };
};

/** All accounts of an organization by their ids, from the parts of its list. */
export async function* allAccounts(
  table: Pick<Table, "queryPage">,
  { organizationId, limit, after }: Omit<AccountsOptions, "now">,
): AsyncGenerator<string> {
  const batches = mergedPartitions(table, {
    partitions: accountLists(organizationId),
    firstItems: limit + 1,
    ...(after === undefined ? {} : { after }),
  });
  for await (const items of batches) for (const { sk } of items) yield sk;
}

/** Accounts of an organization that belong to no user, by their ids. */
export const findUnowned = (
  table: ReadTable,
  options: AccountsOptions,
): Promise<FoundItems<Account, string>> =>
  fillPage<string, Account>({
    candidates: allAccounts(table, options),
    look: async (ids) =>
      (await accountsOf(table, options.organizationId, ids)).filter(({ owners }) => owners.length === 0),
    positionOf: (of) => (typeof of === "string" ? of : of.accountId),
    limit: options.limit,
    now: options.now,
  });
