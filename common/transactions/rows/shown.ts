import type { Location } from "#common/cleansing/answer.ts";
import { type Category, OTHER } from "#common/cleansing/categories.ts";
import { isSameContent } from "./content.ts";
import { isPending } from "./match.ts";
import { highestOf, newerEdit, type Row, seenOf } from "./row.ts";

/** A pending transaction that never posts is hidden so many days after its last listing. */
export const PENDING_DAYS = 14;

/** Below it a vendor's answer counts for nothing. */
const CONFIDENCE_MIN = 0.5;

/** A transaction as its owners see it, without the account's id. */
export type Shown = {
  transactionId: string;
  postedAt: string;
  amount: string;
  currency: string;
  description: string;
  type: "debit" | "credit";
  status: "pending" | "posted";
  balance?: string;
  checkNumber?: string;
  memo?: string;
  bankId?: string;
  pendingTransactionId?: string;
  merchant?: { name: string; logoUrl?: string; website?: string };
  category: Category | string;
  categorySource: "person" | "vendor" | "rules" | "none";
  confidence?: number;
  location?: Location;
  note?: string;
  extra?: Readonly<Record<string, string>>;
  importId: string;
};

/** The import that first said what is shown now: to say it again is no change. */
const importOf = ({ said }: Row): string => {
  const highest = said.at(-1);
  let found = highest;
  for (const saying of said.toReversed()) {
    if (highest === undefined || !isSameContent(saying.content, highest.content)) break;
    found = saying;
  }
  return found?.importId ?? "";
};

/** Whether a pending transaction was listed so long ago that it does not count any more. */
const hasVanished = (row: Row, night: number): boolean =>
  isPending(row) && Math.max(night, row.night ?? 0) > (seenOf(row)?.day ?? night) + PENDING_DAYS;

type Judgement = Pick<Shown, "merchant" | "category" | "categorySource" | "confidence" | "location">;

/** What machines make of a description: the vendor before the rules. */
const machineOf = ({ vendor, rules }: Row, description: string): Judgement => {
  const merchant = rules?.description === description ? rules.merchant : undefined;
  const category = rules?.description === description ? rules.category : undefined;
  const byRules: Judgement = {
    ...(merchant === undefined ? {} : { merchant: { name: merchant } }),
    category: category ?? OTHER,
    categorySource: category === undefined ? "none" : "rules",
  };
  if (vendor?.description !== description || vendor.confidence < CONFIDENCE_MIN) return byRules;
  return {
    ...byRules,
    ...(vendor.merchant === undefined ? {} : { merchant: vendor.merchant }),
    ...(vendor.category === undefined ? {} : { category: vendor.category, categorySource: "vendor" }),
    confidence: vendor.confidence,
    ...(vendor.location === undefined ? {} : { location: vendor.location }),
  };
};

/**
 * What is shown of a row on an account whose last night was `night`; undefined while it is hidden: named by no
 * import, taken by a posted one, or vanished. Two rows show the same exactly when this is equal as JSON.
 */
export const shownOf = (row: Row, night: number): Shown | undefined => {
  const highest = highestOf(row);
  if (highest === undefined) return undefined;
  const { content } = highest;
  if (content.status === "pending" && (row.pair !== undefined || hasVanished(row, night))) return undefined;
  const category = newerEdit(row.person.category, row.pair?.category)?.value ?? undefined;
  const note = newerEdit(row.person.note, row.pair?.note)?.value ?? undefined;
  const { bankId, balance, checkNumber, memo, extra } = content;
  const machine = machineOf(row, content.description);
  return {
    transactionId: row.transactionId,
    postedAt: content.postedAt,
    amount: content.amount,
    currency: content.currency,
    description: content.description,
    type: content.type,
    status: content.status,
    ...(balance === undefined ? {} : { balance }),
    ...(checkNumber === undefined ? {} : { checkNumber }),
    ...(memo === undefined ? {} : { memo }),
    ...(bankId === undefined ? {} : { bankId }),
    ...(row.pair === undefined ? {} : { pendingTransactionId: row.pair.id }),
    ...machine,
    ...(category === undefined ? {} : { category, categorySource: "person" as const }),
    ...(note === undefined ? {} : { note }),
    ...(extra === undefined ? {} : { extra }),
    importId: importOf(row),
  };
};
