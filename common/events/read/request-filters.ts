import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";
import { wordsOf } from "#common/text/words.ts";
import { boundOf, DATE_WANTED } from "#common/time/bound.ts";
import { AUDIT_TYPE } from "../event.ts";
import type { EventQuery, Order } from "./event-query.ts";

/** The filters of a request, as the contracts type them. */
export type RequestFilters = {
  customerId?: string | undefined;
  type?: string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  actor?: string | undefined;
  recordedBy?: string | undefined;
  target?: string | undefined;
  about?: string | undefined;
  q?: string | undefined;
  order?: Order | undefined;
};

/** `<type>:<id>`; the contracts see to the colon. */
const targetOf = (text: string): { type: string; id: string } => {
  const colon = text.indexOf(":");
  return { type: text.slice(0, colon), id: text.slice(colon + 1) };
};

/** A request's filters as a query; throws `INPUT_INVALID` that names what no schema can see. */
export const readFilters = (organizationId: string, filters: RequestFilters): EventQuery => {
  const { customerId, type = [], actor, recordedBy, target, about, q = "", order = "desc" } = filters;
  const errors: Fault[] = [];
  const bound = (name: "from" | "to"): string | undefined => {
    const text = filters[name];
    const date = text === undefined ? undefined : boundOf(text);
    if (text !== undefined && date === undefined) {
      errors.push({
        in: "query",
        path: `/${name}`,
        message: DATE_WANTED,
      });
    }
    return date;
  };
  const from = bound("from");
  const to = bound("to");
  if (from !== undefined && to !== undefined && from > to) {
    errors.push({ in: "query", path: "/from", message: "must not be after `to`" });
  }
  if (about !== undefined && type.some((one) => one !== AUDIT_TYPE)) {
    errors.push({ in: "query", path: "/about", message: `goes with type=${AUDIT_TYPE} or with no type` });
  }
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  return {
    organizationId,
    customerId,
    types: about === undefined ? [...new Set(type)].sort() : [AUDIT_TYPE],
    from,
    to,
    actor,
    recordedBy,
    target: target === undefined ? undefined : targetOf(target),
    about,
    words: wordsOf(q),
    order,
  };
};
