const NOT_OF_TOKENS = /[^\w.-]/;

/** By the length of a part's last group of four: characters that it may end with, which say no bit behind the last byte. */
const LAST_CHARACTERS = [undefined, "", "AQgw", "AEIMQUYcgkosw048"];

/**
 * Whether three parts stand there in the one way that base64url writes their bytes (RFC 4648, 3.5): without padding,
 * other alphabets, or bits behind the last byte. Else one token could be spelled in many ways, each of them good.
 * Decoding and encoding all of it again would say the same in twice the time.
 */
export const isCanonical = (token: string): boolean => {
  if (NOT_OF_TOKENS.test(token)) return false;
  const parts = token.split(".");
  return (
    parts.length === 3 &&
    parts.every((part) => LAST_CHARACTERS[part.length % 4]?.includes(part.at(-1) ?? "") ?? true)
  );
};
