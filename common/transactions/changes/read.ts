import { type Account, newAccount } from "../accounts/account.ts";
import { accountFromItem } from "../accounts/account-item.ts";
import { accountKey, transactionKey } from "../keys.ts";
import type { Row } from "../rows/row.ts";
import { rowFromItem } from "../rows/row-item.ts";
import type { ChangeTable } from "./plan.ts";

export const readAccount = async (
  table: Pick<ChangeTable, "get">,
  organizationId: string,
  accountId: string,
): Promise<Account | undefined> => {
  const item = await table.get(accountKey(organizationId, accountId), { consistent: true });
  return item && accountFromItem(organizationId, accountId, item);
};

/** These accounts; one that is not there is a new one. */
export const readAccounts = async (
  table: Pick<ChangeTable, "getMany">,
  organizationId: string,
  accountIds: readonly string[],
  createdAt: string,
): Promise<Map<string, Account>> => {
  const keys = accountIds.map((accountId) => accountKey(organizationId, accountId));
  const items = await table.getMany(keys, { consistent: true });
  const found = new Map(items.map((item) => [item.pk, item]));
  return new Map(
    accountIds.map((accountId) => {
      const item = found.get(accountKey(organizationId, accountId).pk);
      return [
        accountId,
        item
          ? accountFromItem(organizationId, accountId, item)
          : newAccount(organizationId, accountId, createdAt),
      ];
    }),
  );
};

type Named = { accountId: string; transactionId: string };

/** Rows by account and id; read after their accounts. */
export const readRows = async (
  table: Pick<ChangeTable, "getMany">,
  organizationId: string,
  named: readonly Named[],
): Promise<Map<string, Map<string, Row>>> => {
  const accounts = new Map(
    named.map(({ accountId }) => [accountKey(organizationId, accountId).pk, accountId]),
  );
  const keys = named.map(({ accountId, transactionId }) =>
    transactionKey(organizationId, accountId, transactionId),
  );
  const rows = new Map<string, Map<string, Row>>([...accounts.values()].map((id) => [id, new Map()]));
  for (const item of await table.getMany(keys, { consistent: true })) {
    const row = rowFromItem(item);
    rows.get(accounts.get(item.pk) ?? "")?.set(row.transactionId, row);
  }
  return rows;
};
