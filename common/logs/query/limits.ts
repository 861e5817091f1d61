const GB = 1_000_000_000;

/** What queries of an organization may cost. */
export type QueryLimits = {
  /** Bytes that one query may scan, and one that says `wide`. */
  queryBytes: number;
  wideQueryBytes: number;
  /** Seconds that the engine may work on one query. */
  querySeconds: number;
  /** Bytes that all queries of a UTC day may scan. */
  dayBytes: number;
};

export const DEFAULT_LIMITS: QueryLimits = {
  queryBytes: 10 * GB,
  wideQueryBytes: 100 * GB,
  querySeconds: 60,
  dayBytes: 200 * GB,
};

export const RANGE_DAYS_MAX = 31;
export const WIDE_RANGE_DAYS_MAX = 400;

/** What one answer or one kept search holds. */
export const RESULT_LIMITS = { rows: 10_000, bytes: 4_000_000 } as const;
