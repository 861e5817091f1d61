import type { Answer } from "#common/cleansing/answer.ts";
import type { Asked } from "#common/cleansing/vendor/ask-vendor.ts";
import type { Account } from "../accounts/account.ts";
import type { Plan } from "../changes/plan.ts";
import { highestOf, type Row } from "../rows/row.ts";
import { shownOf } from "../rows/shown.ts";
import type { RowName } from "./cleansing-message.ts";

/** What the vendor is asked about a row; undefined of one that is hidden. */
export const questionOf = (row: Row, { night }: Pick<Account, "night">): Asked | undefined => {
  const shown = shownOf(row, night);
  if (shown === undefined) return undefined;
  const { description, amount, currency, type, postedAt } = shown;
  return { description, amount, currency, type, postedAt };
};

/** Whether the vendor was asked about the description that the row has now, whatever it answered. */
export const isAsked = (row: Row): boolean =>
  row.vendor !== undefined && row.vendor.description === highestOf(row)?.content.description;

/** Kept of what the vendor does not know, so that it is not asked, and paid, again. */
const UNKNOWN: Answer = { confidence: 0 };

/** The row with the answer, if it still has the description that the vendor was asked about. */
export const withAnswer = (row: Row, description: string, answer: Answer | undefined): Row =>
  highestOf(row)?.content.description === description
    ? { ...row, vendor: { ...(answer ?? UNKNOWN), description } }
    : row;

/** What a change shows of which the vendor was not asked. */
export const rowsToAsk = ({ account, rows }: Pick<Plan, "account" | "rows">): RowName[] =>
  rows.flatMap(({ after }) =>
    after !== undefined && !isAsked(after) && questionOf(after, account) !== undefined
      ? [{ accountId: account.accountId, transactionId: after.transactionId }]
      : [],
  );
