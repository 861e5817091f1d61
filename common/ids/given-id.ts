/** An id that a caller gives: what can stand in a path and a key as it is. */
export const GIVEN_ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$";

/** Words that are also routes: `GET /events/stats` can never mean the event with that id. */
export const RESERVED_IDS: readonly string[] = [
  "stats",
  "export",
  "exports",
  "verify",
  "verifications",
  "durations",
  "sync",
  "current",
  "groups",
  "bulk",
];

const LENGTH_MAX = 100;
const FIRST = /^[A-Za-z0-9]/;
/** What an id cannot hold. To look for one such character takes half the time of matching all of them. */
const OTHER = /[^A-Za-z0-9._:-]/;

const isOfPattern = (id: string): boolean => id.length <= LENGTH_MAX && FIRST.test(id) && !OTHER.test(id);

const RESERVED: ReadonlySet<string> = new Set(RESERVED_IDS);
const RESERVED_LENGTH_MAX = Math.max(...RESERVED_IDS.map((id) => id.length));

/** Longer ids are not hashed to be looked up. */
export const isReservedId = (id: string): boolean => id.length <= RESERVED_LENGTH_MAX && RESERVED.has(id);

/** What is wrong with a given id, for a fault's message; nothing when it may be used. */
export const givenIdFault = (id: string): string | undefined => {
  if (!isOfPattern(id)) {
    return "must be 1 to 100 letters, digits, dots, underscores, colons or hyphens, the first a letter or digit";
  }
  return isReservedId(id) ? `must not be one of the words ${RESERVED_IDS.join(", ")}` : undefined;
};
