/**
 * Compares two sequencers of one key: hexadecimal numbers of different lengths, of which S3 says to fill the shorter
 * with zeros on the right and to compare them as texts.
 */
const isAtMost = (one: string, other: string): boolean => {
  const length = Math.max(one.length, other.length);
  return one.padEnd(length, "0") <= other.padEnd(length, "0");
};

/** Whether a listing that covered `streamed` has shown what all of these rang for; one that is missing counts as new. */
export const areCovered = (sequencers: readonly (string | undefined)[], streamed: string): boolean =>
  sequencers.every((one) => one !== undefined && streamed !== "" && isAtMost(one, streamed));

/** The greatest of these. */
export const greatest = (sequencers: readonly (string | undefined)[], least: string): string =>
  sequencers.reduce<string>((most, one) => (one === undefined || isAtMost(one, most) ? most : one), least);
