import { AppError } from "#common/errors/app-error.ts";
import type { Table, Write } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import {
  ACCOUNTS_MAX,
  type Owned,
  type Owner,
  ownedToItem,
  ownerToItem,
  readOwned,
  readOwner,
} from "./owned.ts";

type OwnersTable = Pick<Table, "get" | "queryPage">;

/** Writes of a list that changed, on the condition that no other writer changed it. */
const listWrites = (organizationId: string, before: Owner, next: number, owned: Owned): Write[] => [
  {
    put: ownerToItem(organizationId, { ...before, version: before.version + 1, next }),
    ...(before.version === 0 ? { absent: true as const } : { version: before.version }),
  },
  { put: ownedToItem(organizationId, before.userId, owned) },
];

/**
 * The writes that give an account to owners and take it from others: in one transaction with the account, so
 * that the account and all lists agree at any time. Throws `TOO_MANY_ACCOUNTS` for an owner who has 1,000.
 */
export const assignOwners = async (
  table: OwnersTable,
  { organizationId, accountId, owners: before }: Account,
  owners: readonly string[],
  time: string,
): Promise<Write[]> => {
  const come = owners.filter((userId) => !before.includes(userId));
  const go = before.filter((userId) => !owners.includes(userId));
  const writes = await Promise.all(
    [...come, ...go].map(async (userId) => {
      // The counter first: a writer that changes the list between the two reads changes its version.
      const owner = await readOwner(table, organizationId, userId);
      const list = await readOwned(table, organizationId, userId);
      const known = list.find((one) => one.accountId === accountId);
      if (go.includes(userId)) {
        const left = { accountId, leftAt: time };
        return known ? listWrites(organizationId, owner, owner.next, { ...left, number: known.number }) : [];
      }
      if (list.filter(({ leftAt }) => leftAt === undefined).length >= ACCOUNTS_MAX) {
        throw new AppError("TOO_MANY_ACCOUNTS", { internal: `of one owner in ${organizationId}` });
      }
      const number = known?.number ?? owner.next;
      const next = Math.max(owner.next, number + 1);
      return listWrites(organizationId, owner, next, { accountId, number });
    }),
  );
  return writes.flat();
};
