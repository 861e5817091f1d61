import { AppError } from "#common/errors/app-error.ts";
import { boundOf, DATE_WANTED } from "#common/time/bound.ts";
import type { RecleansingRequest } from "#common/transactions/cleansing/recleanse.ts";

type Body = { from?: string; vendor?: boolean; dryRun?: boolean };

/** What is asked for, with what it leaves out; throws `INPUT_INVALID` with everything that no schema can see. */
export const checkedRequest = (
  { from, vendor = false, dryRun = false }: Body,
  hasVendor: boolean,
): RecleansingRequest => {
  const bound = from === undefined ? undefined : boundOf(from);
  const errors = [
    ...(from !== undefined && bound === undefined
      ? [{ in: "body" as const, path: "/from", message: DATE_WANTED }]
      : []),
    ...(vendor && !hasVendor
      ? [{ in: "body" as const, path: "/vendor", message: "must be false: no vendor is set here" }]
      : []),
  ];
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  return { ...(bound === undefined ? {} : { from: bound }), vendor, dryRun };
};
