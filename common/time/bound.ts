import { instantOf } from "./instant.ts";

/** Digits of a second behind the milliseconds that are not all zero. */
const IS_FINER = /\.\d{3}\d*[1-9]/;

/** 9999-12-31T23:59:59.999Z */
const LAST_MS = 253_402_300_799_999;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A bound as stored dates are written. Dates have milliseconds: to be at or after a time between two of
 * them is to be at or after the later, and to be before it is to be before the later as well. A day is its first instant.
 */
export const boundOf = (text: string): string | undefined => {
  // An offset's plus sign arrives as a space unless it was escaped.
  const milliseconds = instantOf(DAY.test(text) ? `${text}T00:00:00Z` : text.replace(" ", "+"));
  if (milliseconds === undefined) return undefined;
  return new Date(Math.min(milliseconds + (IS_FINER.test(text) ? 1 : 0), LAST_MS)).toISOString();
};

export const DATE_WANTED =
  "must be a day or a time of the years 0001 to 9999 in UTC, for example 2025-01-31 or 2025-01-31T12:00:00Z";
