// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Whether it can name a user (`sub`): it goes into keys and log lines as it is. */
export const isUserId = (value: unknown): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= 255 && !CONTROL_CHARACTER.test(value);
