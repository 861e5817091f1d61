import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";
import { compareDecimals, isDecimal } from "#common/money/decimal.ts";
import { fold } from "#common/text/fold.ts";
import { hasWordStarts, wordsOf } from "#common/text/words.ts";
import { boundOf, DATE_WANTED } from "#common/time/bound.ts";
import type { Shown } from "../rows/shown.ts";

export type Order = "asc" | "desc";

/** The filters of a request, as the contract types them. */
export type RequestFilters = {
  from?: string | undefined;
  to?: string | undefined;
  q?: string | undefined;
  category?: string | undefined;
  type?: "debit" | "credit" | undefined;
  status?: "pending" | "posted" | undefined;
  minAmount?: string | undefined;
  maxAmount?: string | undefined;
  order?: Order | undefined;
};

export type TransactionQuery = {
  /** The first is inclusive, the second exclusive; as stored dates are written. */
  readonly from?: string;
  readonly to?: string;
  readonly order: Order;
  readonly matches: (shown: Shown) => boolean;
};

const textsOf = ({ description, merchant, note }: Shown): string =>
  [description, merchant?.name ?? "", note ?? ""].join("\n");

/** A request's filters as a query; throws `INPUT_INVALID` that names every fault that no schema can see. */
export const readFilters = (filters: RequestFilters): TransactionQuery => {
  const { q = "", category, type, status, minAmount, maxAmount, order = "desc" } = filters;
  const errors: Fault[] = [];
  const fault = (name: string, message: string) => errors.push({ in: "query", path: `/${name}`, message });
  const bound = (name: "from" | "to") => {
    const text = filters[name];
    const date = text === undefined ? undefined : boundOf(text);
    if (text !== undefined && date === undefined) fault(name, DATE_WANTED);
    return date === undefined ? {} : { [name]: date };
  };
  const range: { from?: string; to?: string } = { ...bound("from"), ...bound("to") };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    fault("from", "must not be after `to`");
  }
  for (const name of ["minAmount", "maxAmount"] as const) {
    const amount = filters[name];
    if (amount !== undefined && !isDecimal(amount)) {
      fault(name, "must be a decimal of at most 15 digits before the point, for example -12.30");
    }
  }
  const words = wordsOf(q);
  if (q !== "" && words.length === 0) fault("q", "must hold a letter or a digit");
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  const wanted = category === undefined ? undefined : fold(category);
  return {
    ...range,
    order,
    matches: (shown) =>
      (wanted === undefined || fold(shown.category) === wanted) &&
      (type === undefined || shown.type === type) &&
      (status === undefined || shown.status === status) &&
      (minAmount === undefined || compareDecimals(shown.amount, minAmount) >= 0) &&
      (maxAmount === undefined || compareDecimals(shown.amount, maxAmount) <= 0) &&
      hasWordStarts(textsOf(shown), words),
  };
};
