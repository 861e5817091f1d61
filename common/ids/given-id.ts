/** An id that a caller gives: what can stand in a path and a key as it is. */
export const GIVEN_ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$";

/** Words that are also routes: `GET /events/stats` can never mean the event with that id. */
export const RESERVED_IDS: readonly string[] = [
  "stats",
  "export",
  "exports",
  "verify",
  "durations",
  "sync",
  "current",
];

const GIVEN_ID = new RegExp(GIVEN_ID_PATTERN);
const RESERVED: ReadonlySet<string> = new Set(RESERVED_IDS);

export const isReservedId = (id: string): boolean => RESERVED.has(id);

export const isGivenId = (value: unknown): value is string =>
  typeof value === "string" && GIVEN_ID.test(value) && !RESERVED.has(value);

/** What is wrong with a given id, for a fault's message; nothing when it may be used. */
export const givenIdFault = (id: string): string | undefined => {
  if (!GIVEN_ID.test(id)) {
    return "must be 1 to 100 letters, digits, dots, underscores, colons or hyphens, the first a letter or digit";
  }
  return RESERVED.has(id) ? `must not be one of the words ${RESERVED_IDS.join(", ")}` : undefined;
};
