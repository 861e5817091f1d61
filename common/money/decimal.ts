/** Decimals are texts, such as `-12.30`: no binary floating point ever holds money. */
const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

/** Whether a text can be compared: a decimal of at most 15 digits before the point and any behind it. */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/** Both as whole numbers of the same smallest unit. */
const scaled = (one: string, other: string): [bigint, bigint] => {
  const decimals = Math.max(...[one, other].map((text) => text.split(".")[1]?.length ?? 0));
  const whole = (text: string): bigint => {
    const [before = "", behind = ""] = text.split(".");
    return BigInt(before + behind.padEnd(decimals, "0"));
  };
  return [whole(one), whole(other)];
};

/** Negative, zero or positive: as the first is less than, equal to or more than the second. */
export const compareDecimals = (one: string, other: string): number => {
  const [a, b] = scaled(one, other);
  return a < b ? -1 : a > b ? 1 : 0;
};
