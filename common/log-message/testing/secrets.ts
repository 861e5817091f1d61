import fc from "fast-check";

const GAPS = [" ", "-", "  ", " - ", "\u00a0", "\t", "\u2013", "\u200b", "\n", "--"];

const checkDigitOf = (digits: string): string => {
  const sum = [...digits]
    .reverse()
    .reduce(
      (all, digit, at) =>
        all + [...String(Number(digit) * (at % 2 === 0 ? 2 : 1))].reduce((s, d) => s + Number(d), 0),
      0,
    );
  return String((10 - (sum % 10)) % 10);
};

/** A card number: 13 to 19 digits that begin with 2 to 6, the last of them the check digit. */
const cardNumbers = fc
  .tuple(
    fc.integer({ min: 2, max: 6 }),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 17 }),
  )
  .map(([first, others]) => {
    const digits = `${first}${others.join("")}`;
    return digits + checkDigitOf(digits);
  });

/** The same digits as people write them, with gaps in places. */
export const writtenCards = fc
  .tuple(
    cardNumbers,
    fc.array(fc.tuple(fc.integer({ min: 1, max: 18 }), fc.constantFrom(...GAPS)), { maxLength: 6 }),
  )
  .map(([digits, gaps]) => {
    const at = new Map(gaps);
    return { digits, written: [...digits].map((digit, index) => (at.get(index) ?? "") + digit).join("") };
  });

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export const jwts = fc
  .tuple(
    fc.constantFrom("RS256", "ES256", "EdDSA"),
    fc.string({ minLength: 1 }),
    fc.uint8Array({ minLength: 16, maxLength: 64 }),
  )
  .map(
    ([alg, sub, signature]) =>
      `${base64url({ alg })}.${base64url({ sub })}.${Buffer.from(signature).toString("base64url")}`,
  );

export const bearerTokens = fc.stringMatching(/^[A-Za-z0-9._~+/-]{12,60}={0,2}$/);
