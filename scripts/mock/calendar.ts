const DAY_MS = 86_400_000;

/** A day of the calendar, with what lives go by. */
export type Day = {
  /** `2026-03-01`. */
  iso: string;
  /** 0 is Sunday. */
  weekday: number;
  dayOfMonth: number;
  /** Days since 1970, for what comes every second week. */
  number: number;
};

export const FRIDAY = 5;

/** So many days, the last of them `until`, and one more for the night after. */
export const calendar = (until: string, days: number): Day[] => {
  const last = Date.parse(`${until}T00:00:00Z`) / DAY_MS;
  return Array.from({ length: days + 1 }, (_, index) => {
    const number = last - days + 1 + index;
    const date = new Date(number * DAY_MS);
    return {
      iso: date.toISOString().slice(0, 10),
      weekday: date.getUTCDay(),
      dayOfMonth: date.getUTCDate(),
      number,
    };
  });
};
