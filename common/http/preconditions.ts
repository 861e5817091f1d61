import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";

/** One entity tag of a header: RFC 9110, 8.8.3. `opaque` has its quotes. */
type EntityTag = { isWeak: boolean; opaque: string };

/** `*`, which is whatever stands there, or the tags that the header lists. */
export type EntityTags = "*" | readonly EntityTag[];

export type PreconditionHeader = "If-Match" | "If-None-Match";

/** What must hold for a request to be done; nothing where the header was not sent. */
export type Preconditions = { ifMatch?: EntityTags; ifNoneMatch?: EntityTags };

/** An element of the list with its comma or the end; RFC 9110, 5.6.1 has recipients pass over empty elements. */
const ELEMENT = /(?:[ \t]*(W\/)?("[!#-~\u0080-\uffff]*")[ \t]*|[ \t]*)(,|$)/y;

/** The header's value as RFC 9110 (13.1.1, 13.1.2) writes it; undefined when it is malformed. */
export const parseEntityTags = (header: string): EntityTags | undefined => {
  if (header.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  ELEMENT.lastIndex = 0;
  for (;;) {
    const element = ELEMENT.exec(header);
    if (element === null) return undefined;
    const [, weak, opaque, end] = element;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
    if (end === "") return tags.length > 0 ? tags : undefined;
  }
};

/** Reads those of the two headers that the route takes; what is malformed is a fault. */
export const readPreconditions = (
  taken: readonly PreconditionHeader[],
  headerOf: (name: string) => string | undefined,
): { preconditions: Preconditions; faults: Fault[] } => {
  const preconditions: Preconditions = {};
  const faults: Fault[] = [];
  for (const header of taken) {
    const name = header.toLowerCase();
    const text = headerOf(name);
    if (text === undefined) continue;
    const tags = parseEntityTags(text);
    if (tags === undefined) {
      const message = 'must be * or a list of entity tags, each in double quotes, for example "abc"';
      faults.push({ in: "header", path: `/${name}`, message });
    } else preconditions[header === "If-Match" ? "ifMatch" : "ifNoneMatch"] = tags;
  }
  return { preconditions, faults };
};

/**
 * Throws `PRECONDITION_FAILED` unless the preconditions hold for what stands there now: `etag` is its strong
 * tag, undefined where nothing stands. A weak tag never matches for If-Match, and does for If-None-Match.
 */
export const assertPreconditions = (
  { ifMatch, ifNoneMatch }: Preconditions,
  etag: string | undefined,
): void => {
  const isMatched = (tags: EntityTags, counts: (tag: EntityTag) => boolean): boolean =>
    etag !== undefined && (tags === "*" || tags.some((tag) => counts(tag) && tag.opaque === etag));
  if (ifMatch !== undefined && !isMatched(ifMatch, ({ isWeak }) => !isWeak)) {
    throw new AppError("PRECONDITION_FAILED", { internal: "If-Match names another version, or none stands" });
  }
  if (ifNoneMatch !== undefined && isMatched(ifNoneMatch, () => true)) {
    throw new AppError("PRECONDITION_FAILED", { internal: "If-None-Match names the version that stands" });
  }
};
