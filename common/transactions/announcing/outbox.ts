import type { Envelope } from "#common/bus/envelope.ts";
import { uuidFrom } from "#common/ids/uuid.ts";
import type { Item } from "#common/table/table.ts";
import type { Account, AccountView } from "../accounts/account.ts";
import { type RowName, type RowsMessage, rowsMessages } from "../cleansing/cleansing-message.ts";
import { outboxKey } from "../keys.ts";

/** Events of the service, by their names on the bus. */
export type AccountEventName =
  | "account_transactionadded"
  | "account_balanceupdated"
  | "account_nicknameupdated";

export type AccountEvent = {
  readonly name: AccountEventName;
  readonly detail: Envelope & { accountId: string };
};

type Concerned = Pick<Account, "organizationId" | "accountId" | "owners">;

export type Cause = { time: string; transactionId?: string };

/**
 * The events of what happened to an account: one for each owner, one without a user where there is none. The ids
 * follow from `parts`, which say what happened.
 */
export const eventsOf = (
  name: AccountEventName,
  { organizationId, accountId, owners }: Concerned,
  { time, transactionId }: Cause,
  { parts, more }: { parts: readonly string[]; more: Readonly<Record<string, unknown>> },
): AccountEvent[] =>
  (owners.length === 0 ? [undefined] : owners).map((userId) => ({
    name,
    detail: {
      id: uuidFrom(name, organizationId, accountId, ...parts, userId ?? ""),
      organizationId,
      ...(userId === undefined ? {} : { userId }),
      time,
      ...(transactionId === undefined ? {} : { transactionId }),
      accountId,
      ...more,
    },
  }));

export const balanceEvents = (
  account: Account,
  { balance, currency, balanceAsOf }: AccountView,
  { cause, ...when }: Cause & { cause: string },
): AccountEvent[] =>
  eventsOf("account_balanceupdated", account, when, {
    parts: [cause, String(account.version)],
    more: { balance, currency, asOf: balanceAsOf },
  });

/** The announcer has had it long before; DynamoDB removes it. */
const OUTBOX_SECONDS = 7 * 86_400;

/** What an outbox item says: events for the bus, and transactions that the cleansing vendor is to be asked about. */
export type OutboxContent = { events: readonly AccountEvent[]; toCleanse?: readonly RowName[] };

/** What an account's change has to say to others, written with the change; the table's stream has it announced. */
export const outboxItem = (
  account: Account,
  { events, toCleanse = [] }: OutboxContent,
  nowMs: number,
): Item => ({
  ...outboxKey(account.organizationId, account.accountId, String(account.version).padStart(12, "0")),
  events: JSON.stringify(events),
  ...(toCleanse.length === 0
    ? {}
    : { toCleanse: JSON.stringify(rowsMessages(account.organizationId, toCleanse)) }),
  expiresAt: Math.floor(nowMs / 1000) + OUTBOX_SECONDS,
});

export const messagesFromOutbox = (text: string | undefined): RowsMessage[] =>
  text === undefined ? [] : (JSON.parse(text) as RowsMessage[]);

export const eventsFromOutbox = (text: string): AccountEvent[] => JSON.parse(text) as AccountEvent[];
