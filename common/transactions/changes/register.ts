import { AppError } from "#common/errors/app-error.ts";
import type { Write } from "#common/table/table.ts";
import { type Account, currencyOf, newAccount, viewOf } from "../accounts/account.ts";
import { withBalance } from "../accounts/newest.ts";
import { balanceEvents, eventsOf, outboxItem } from "../announcing/outbox.ts";
import { assignOwners } from "../owners/assign.ts";
import { balanceChanged, type ChangeTable, planChange, searchNewest } from "./plan.ts";
import { readAccount } from "./read.ts";
import { type RecordChange, type Sleep, untilWritten, wait } from "./retry.ts";

export type RegisterDeps = {
  table: ChangeTable;
  /** Has what goes through all organizations know this one. */
  register: (organizationId: string) => Promise<void>;
  now?: () => number;
  sleep?: Sleep;
};

/** What an admin says of an account. */
export type Registration = { owners: readonly string[]; nickname?: string | undefined; currency: string };

type Target = { organizationId: string; accountId: string; transactionId: string };

const noRules = () => undefined;

const nicknameEvents = (account: Account, when: { time: string; transactionId: string }) =>
  eventsOf("account_nicknameupdated", account, when, {
    parts: [String(account.version)],
    more: { nickname: account.nickname },
  });

/** Owners, names and currencies of accounts: what is not a matter of rows. */
export const makeRegister = ({ table, register, now = Date.now, sleep = wait }: RegisterDeps) => {
  /** Throws `CURRENCY_SET` for another currency than that in which a row has a balance. */
  const assertCurrency = async (account: Account, currency: string): Promise<void> => {
    if (currency === currencyOf(account)) return;
    const known = account.balance ?? (await searchNewest(table, account, [], withBalance(undefined)));
    if (known) throw new AppError("CURRENCY_SET", { internal: `account ${account.accountId}` });
  };

  return {
    /** Makes the account, or gives it other owners, another name or a currency; all of it or nothing. */
    put: async (
      { organizationId, accountId, transactionId }: Target,
      { owners, nickname, currency }: Registration,
      record?: RecordChange,
    ): Promise<{ account: Account; isNew: boolean }> => {
      await register(organizationId);
      const planned = await untilWritten(
        table,
        sleep,
        async () => {
          const time = new Date(now()).toISOString();
          const found = await readAccount(table, organizationId, accountId);
          const account = found ?? newAccount(organizationId, accountId, time);
          await assertCurrency(account, currency);
          const set = {
            owners: [...new Set(owners)].sort(),
            nickname: nickname ?? account.nickname,
            currency,
          };
          const isSame =
            found !== undefined &&
            JSON.stringify(set) ===
              JSON.stringify({ owners: found.owners, nickname: found.nickname, currency: found.currency });
          if (isSame) return { writes: [], account, isNew: false };
          const plan = await planChange(
            { account, before: new Map(), changed: [], matched: false, set },
            { table, time, rulesOf: noRules },
          );
          const events = [
            ...(set.nickname === account.nickname
              ? []
              : nicknameEvents(plan.account, { time, transactionId })),
            ...(balanceChanged(account, plan.account)
              ? balanceEvents(plan.account, viewOf(plan.account), { time, transactionId, cause: "put" })
              : []),
          ];
          const outbox: Write[] =
            events.length > 0 ? [{ put: outboxItem(plan.account, { events }, now()) }] : [];
          const lists = await assignOwners(table, account, set.owners, time);
          return {
            writes: [...plan.writes, ...lists, ...outbox],
            account: plan.account,
            isNew: found === undefined,
          };
        },
        record,
      );
      return { account: planned.account, isNew: planned.isNew };
    },

    /** Another name; the owners get an event. */
    rename: async (
      { organizationId, accountId, transactionId, userId }: Target & { userId: string },
      nickname: string,
      record?: RecordChange,
    ): Promise<Account> => {
      const planned = await untilWritten(
        table,
        sleep,
        async () => {
          const account = await readAccount(table, organizationId, accountId);
          if (!account?.owners.includes(userId)) throw new AppError("NOT_FOUND");
          if (account.nickname === nickname) return { writes: [], account };
          const time = new Date(now()).toISOString();
          const plan = await planChange(
            { account, before: new Map(), changed: [], matched: false, set: { nickname } },
            { table, time, rulesOf: noRules },
          );
          const events = nicknameEvents(plan.account, { time, transactionId });
          return {
            writes: [...plan.writes, { put: outboxItem(plan.account, { events }, now()) }],
            account: plan.account,
          };
        },
        record,
      );
      return planned.account;
    },
  };
};
