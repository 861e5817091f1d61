const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what four digits of a year can write. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const ZERO = 48;
const [DASH, COLON, DOT, PLUS, T, Z] = [45, 58, 46, 43, 84, 90];

/** Out of every range that is asked for below, also when more is added to it. */
const NO_DIGITS = -1_000_000;

/** The end of the text has no code; `| 0` keeps the arithmetic in integers, where it is twice as quick. */
const digitAt = (text: string, at: number): number => {
  const digit = (text.charCodeAt(at) - ZERO) | 0;
  return at < text.length && digit >= 0 && digit <= 9 ? digit : NO_DIGITS;
};

/** Negative when it is not two digits. */
const twoAt = (text: string, at: number): number => (digitAt(text, at) * 10 + digitAt(text, at + 1)) | 0;

/** Days since 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms"). */
const daysSince1970 = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year;
  // Nothing is negative here, so `| 0` cuts as floor does.
  const era = (shifted / 400) | 0;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
};

const daysOf = (year: number, month: number): number => {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
};

/** Milliseconds that the offset at this place is ahead of UTC; NaN unless the text ends with it. */
const offsetAt = (text: string, at: number): number => {
  const sign = text.charCodeAt(at);
  if (sign === Z) return text.length === at + 1 ? 0 : Number.NaN;
  const hours = twoAt(text, at + 1);
  const minutes = twoAt(text, at + 4);
  const isOffset =
    (sign === PLUS || sign === DASH) &&
    text.charCodeAt(at + 3) === COLON &&
    text.length === at + 6 &&
    hours >= 0 &&
    hours <= 23 &&
    minutes >= 0 &&
    minutes <= 59;
  return isOffset ? (sign === PLUS ? 1 : -1) * (hours * 60 + minutes) * MINUTE_MS : Number.NaN;
};

/**
 * Unix milliseconds of an RFC 3339 time with any offset; undefined unless it is a real one within the
 * years 0001 to 9999 of UTC. What is finer than a millisecond is cut off. A leap second (`:60`) is refused:
 * UTC milliseconds have no place for it, and a history must not show another time than the one that was sent.
 */
export const instantOf = (text: string): number | undefined => {
  const year = (twoAt(text, 0) * 100 + twoAt(text, 2)) | 0;
  const month = twoAt(text, 5);
  const day = twoAt(text, 8);
  const hour = twoAt(text, 11);
  const minute = twoAt(text, 14);
  const second = twoAt(text, 17);
  const isTime =
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59 &&
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === T &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON;
  if (!isTime) return undefined;

  let at = 19;
  let fraction = 0;
  if (text.charCodeAt(at) === DOT) {
    at += 1;
    const start = at;
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, at)) {
      if (at - start < 3) fraction += digit * (at === start ? 100 : at === start + 1 ? 10 : 1);
      at += 1;
    }
    if (at === start || at - start > 9) return undefined;
  }
  const local =
    daysSince1970(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  const instant = local - offsetAt(text, at);
  return instant >= FIRST_MS && instant <= LAST_MS ? instant : undefined;
};

const UTC_LENGTH = "2025-01-31T12:00:00.000Z".length;

/** A valid time as the platform writes it: UTC with milliseconds. */
export const toUtc = (text: string): string =>
  // 24 characters with Z have exactly three digits of a second: nothing is left to do.
  text.length === UTC_LENGTH && text.charCodeAt(UTC_LENGTH - 1) === Z
    ? text
    : new Date(instantOf(text) ?? Number.NaN).toISOString();
