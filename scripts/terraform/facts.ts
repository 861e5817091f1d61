/** One side of the comparison: a thing's name, and what it is like. */
export type Facts = Map<string, string>;

/** The same text for the same JSON, whatever the order of its keys. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
export const sorted = (values: unknown[]): string => values.map(String).sort().join(" ");

export const DAY_SECONDS = 24 * 60 * 60;

/** What every dead-letter queue is like. */
export const DEAD_LETTER_QUEUE = `visible after 30 s, kept ${14 * DAY_SECONDS} s, encrypted true`;
