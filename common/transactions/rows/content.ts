import { hash } from "node:crypto";

/** What a line of a file says of a transaction, or of one that is pending. Amounts are canonical decimals. */
export type Content = {
  readonly postedAt: string;
  readonly amount: string;
  readonly currency: string;
  readonly description: string;
  readonly type: "debit" | "credit";
  readonly status: "pending" | "posted";
  readonly balance?: string;
  readonly checkNumber?: string;
  readonly memo?: string;
  /** The bank's id, where it is none that can stand in a path. */
  readonly bankId?: string;
  /** Columns of the file that the platform does not know. */
  readonly extra?: Readonly<Record<string, string>>;
};

/** All of a content as text: equal texts are equal contents, in whatever order its columns came. */
export const contentText = (content: Content): string => {
  const { postedAt, amount, currency, description, type, status, balance, checkNumber, memo, bankId, extra } =
    content;
  const columns = extra && Object.entries(extra).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    postedAt,
    amount,
    currency,
    description,
    type,
    status,
    balance ?? null,
    checkNumber ?? null,
    memo ?? null,
    bankId ?? null,
    columns ?? null,
  ]);
};

/** Whether two contents say the same; most that differ do so in one of the first fields. */
export const isSameContent = (one: Content, other: Content): boolean =>
  one === other ||
  (one.amount === other.amount &&
    one.postedAt === other.postedAt &&
    one.description === other.description &&
    one.status === other.status &&
    one.balance === other.balance &&
    one.type === other.type &&
    one.currency === other.currency &&
    one.memo === other.memo &&
    one.checkNumber === other.checkNumber &&
    one.bankId === other.bankId &&
    (one.extra === other.extra || contentText(one) === contentText(other)));

const idOf = (parts: readonly unknown[]): string =>
  `mr-${hash("sha256", JSON.stringify(parts), "base64url").slice(0, 27)}`;

/** The id of a transaction whose bank's id can be no id of ours. */
export const idOfBankId = (bankId: string): string => idOf([bankId]);

/**
 * What distinguishes a transaction without the bank's id from others of its account. Without the balance, which shifts
 * when a bank inserts a late row, and without columns that the platform does not know.
 */
const identityParts = (content: Content): unknown[] => [
  content.postedAt,
  content.amount,
  content.currency,
  content.type,
  content.description,
  content.checkNumber ?? null,
  content.memo ?? null,
  content.status,
];

export const identityOfContent = (content: Content): string => idOf(identityParts(content));

/** The id of a transaction without the bank's id: `ordinal` counts the rows of its file that are equal to it. */
export const idOfContent = (content: Content, ordinal: number): string =>
  idOf([...identityParts(content), ordinal]);
