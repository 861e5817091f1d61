/** Decimals are texts, such as `-12.30`: no binary floating point ever holds money. */
const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

/**
 * The decimal as the platform writes it, with exactly so many decimals: `5` is `5.00`, `007.5` is `7.50`, and
 * no zero is negative. Undefined for what is no decimal, and for more decimals than these.
 */
export const canonicalDecimal = (text: string, decimals: number): string | undefined => {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (fraction.length > decimals) return undefined;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const behind = fraction.padEnd(decimals, "0");
  const value = decimals === 0 ? digits : `${digits}.${behind}`;
  return sign === "-" && /[1-9]/.test(value) ? `-${value}` : value;
};

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
