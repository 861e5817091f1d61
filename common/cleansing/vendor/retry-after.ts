/** A vendor that asks for more is asked again after this all the same. */
const SECONDS_MAX = 900;

/** Seconds of a `Retry-After`, which may also be a date; undefined when it says neither. */
export const retryAfterSeconds = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(header.trim())
    ? Number(header)
    : Math.ceil((Date.parse(header) - nowMs) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(SECONDS_MAX, Math.max(0, seconds));
};
