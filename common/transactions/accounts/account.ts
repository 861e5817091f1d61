import type { FeedEnd } from "../feed/seal.ts";

/** The newest row of a kind: what is compared, in this order, and what it gives the account. */
export type Newest = {
  readonly postedAt: string;
  /** Import number and line that first listed it. */
  readonly first: readonly [number: number, line: number];
  readonly transactionId: string;
  readonly currency: string;
  readonly balance?: string;
};

/** An account as it is stored. */
export type Account = {
  readonly organizationId: string;
  readonly accountId: string;
  readonly nickname: string;
  /** Users who see and edit its rows: sorted. */
  readonly owners: readonly string[];
  /** As an admin set it. */
  readonly currency?: string;
  /** One more with every write of the account or a row of it: 0 before the first. */
  readonly version: number;
  readonly feed: FeedEnd;
  /** How many rows are shown. */
  readonly shown: number;
  /** The base at which new walks begin; 0: there is none. */
  readonly folded: number;
  /** When `folded` was moved there. */
  readonly foldedAt?: string;
  /** Up to here the segments that a base replaces, and older bases, are deleted. */
  readonly swept: number;
  /** The last night's day: pending rows that were listed too long before it are hidden. */
  readonly night: number;
  /** The newest posted row with a balance in the account's currency, or in any while an admin set none. */
  readonly balance?: Newest;
  /** The newest row that is shown; known only while it gives the account its currency. */
  readonly newest?: Newest;
  /** Between these dates lie all pending rows without the bank's id: elsewhere nothing can be matched. */
  readonly pending?: { readonly from: string; readonly to: string };
  /** No pending row that is shown has an earlier date. */
  readonly watchFrom?: string;
  readonly createdAt: string;
};

/** An account that a file or an admin names first. */
export const newAccount = (organizationId: string, accountId: string, createdAt: string): Account => ({
  organizationId,
  accountId,
  nickname: accountId,
  owners: [],
  version: 0,
  feed: { last: 0, spilled: 0, tail: [] },
  shown: 0,
  folded: 0,
  swept: 0,
  night: 0,
  createdAt,
});

export type AccountView = {
  accountId: string;
  nickname: string;
  currency: string | null;
  balance: string | null;
  balanceAsOf: string | null;
};

/** The currency that an account shows: an admin's, else that of the row that gives the balance, else of the newest. */
export const currencyOf = ({ currency, balance, newest }: Account): string | undefined =>
  currency ?? balance?.currency ?? newest?.currency;

export const viewOf = (account: Account): AccountView => ({
  accountId: account.accountId,
  nickname: account.nickname,
  currency: currencyOf(account) ?? null,
  balance: account.balance?.balance ?? null,
  balanceAsOf: account.balance?.postedAt ?? null,
});
