import { type Account, viewOf } from "../accounts/account.ts";
import { balanceChanged } from "../changes/plan.ts";

/** What a batch did to one account: what takes it back and what announces it need no more. */
export type AccountReceipt = {
  readonly accountId: string;
  /** The account's version after it. */
  readonly version: number;
  readonly owners: readonly string[];
  readonly time: string;
  /** Transactions of which the import now says something. */
  readonly said: readonly string[];
  readonly added: readonly string[];
  /** There when the batch changed it. */
  readonly balance?: {
    readonly balance: string | null;
    readonly currency: string | null;
    readonly asOf: string | null;
  };
};

export type Receipt = readonly AccountReceipt[];

export const receiptOf = (
  before: Account,
  after: Account,
  { said, added, time }: { said: readonly string[]; added: readonly string[]; time: string },
): AccountReceipt => {
  const { balance, currency, balanceAsOf } = viewOf(after);
  return {
    accountId: after.accountId,
    version: after.version,
    owners: after.owners,
    time,
    said,
    added,
    ...(balanceChanged(before, after) ? { balance: { balance, currency, asOf: balanceAsOf } } : {}),
  };
};
