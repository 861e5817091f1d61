import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";
import { wordsOf } from "#common/text/words.ts";
import { instantOf } from "#common/time/instant.ts";
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

/** Digits of a second behind the milliseconds that are not all zero. */
const IS_FINER = /\.\d{3}\d*[1-9]/;

/** 9999-12-31T23:59:59.999Z */
const LAST_MS = 253_402_300_799_999;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A bound as stored dates are written. Dates have milliseconds: to be at or after a time between two of
 * them is to be at or after the later, and to be before it is to be before the later as well. A day is its first instant.
 */
const boundOf = (text: string): string | undefined => {
  // An offset's plus sign arrives as a space unless it was escaped.
  const milliseconds = instantOf(DAY.test(text) ? `${text}T00:00:00Z` : text.replace(" ", "+"));
  if (milliseconds === undefined) return undefined;
  return new Date(Math.min(milliseconds + (IS_FINER.test(text) ? 1 : 0), LAST_MS)).toISOString();
};

const DATE_WANTED =
  "must be a day or a time of the years 0001 to 9999 in UTC, for example 2025-01-31 or 2025-01-31T12:00:00Z";

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
