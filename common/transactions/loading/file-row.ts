import type { Identity } from "#common/imports/registration.ts";
import { type Content, contentText, identityOfContent, idOfContent } from "../rows/content.ts";
import type { Row } from "../rows/row.ts";

/** An accepted row of a file of transactions; with an id if the bank gave one. */
export type TransactionRow = {
  readonly accountId: string;
  readonly transactionId?: string;
  readonly content: Content;
};

/** A row's identity within its organization: no account's id holds a `#`. */
export const identityOf = ({ accountId, transactionId, content }: TransactionRow): Identity =>
  transactionId === undefined
    ? { key: `${accountId}#${identityOfContent(content)}`, given: false }
    : { key: `${accountId}#${transactionId}`, given: true };

export const contentOf = ({ content }: TransactionRow): string => contentText(content);

/** By account, because what is of one account is cheaper in one transaction; then by date. */
export const orderOf = ({ accountId, content }: TransactionRow): string => `${accountId}#${content.postedAt}`;

/** The account with its place in the list, and an end of its feed that is sealed. */
const ACCOUNT_WRITES = 3;
/** The row, and the pending one that it takes or is taken from. */
const MATCHED_WRITES = 2.5;
/** A sealed part of a feed holds rows of so many bytes at least. */
const SEGMENT_BYTES = 200_000;

/** The most writes that a row can need behind the one before it. */
export const writesOf = (row: TransactionRow, before: TransactionRow | undefined): number =>
  (before?.accountId === row.accountId ? 0 : ACCOUNT_WRITES) +
  (row.transactionId === undefined ? MATCHED_WRITES : 1) +
  Buffer.byteLength(contentText(row.content)) / SEGMENT_BYTES;

/** The row of the table that a line is about, before anything was said of it. */
export const emptyRow = ({ transactionId, content }: TransactionRow, ordinal: number, time: string): Row =>
  transactionId === undefined
    ? { transactionId: idOfContent(content, ordinal), ordinal, said: [], person: {}, updatedAt: time }
    : { transactionId, said: [], person: {}, updatedAt: time };
