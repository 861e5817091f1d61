// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Whether it can name a user (`sub`): it goes into keys, log lines and audit events as it is. A lone surrogate has no
 * UTF-8: all of them would become one and the same key, and no chain can hold them.
 */
export const isUserId = (value: unknown): value is string =>
  typeof value === "string" &&
  value.length >= 1 &&
  value.length <= 255 &&
  value.isWellFormed() &&
  !CONTROL_CHARACTER.test(value);
