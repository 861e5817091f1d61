import type { Clock } from "#common/time/clock.ts";
import type { FoundItems } from "./answer-page.ts";

/** A page comes short with a cursor when so much looking did not fill it (spec: lists). */
export const LOOKING_MS = 10_000;

/** Where most candidates do not match, as many are looked at as one BatchGetItem takes. */
const LOOKED_AT_ONCE = 100;

export type FillPageOptions<Candidate, Item> = {
  /** What may match, in the list's order. */
  candidates: AsyncIterable<Candidate>;
  /** Looks at candidates: the items of those that match, in the same order. */
  look: (candidates: readonly Candidate[]) => Promise<readonly Item[]>;
  positionOf: (of: Candidate | Item) => string;
  limit: number;
  now: Clock;
  milliseconds?: number;
};

/** A page of `limit` matches, however many candidates have to be looked at; short only when time is up. */
export const fillPage = async <Candidate, Item>({
  candidates,
  look,
  positionOf,
  limit,
  now,
  milliseconds = LOOKING_MS,
}: FillPageOptions<Candidate, Item>): Promise<FoundItems<Item, string>> => {
  const until = now() + milliseconds;
  const found: Item[] = [];
  let unseen: Candidate[] = [];
  // One more than the page holds: then something is left.
  let enough = limit + 1;

  const page = (): FoundItems<Item, string> | undefined => {
    const last = found[limit - 1];
    return found.length > limit && last !== undefined
      ? { items: found.slice(0, limit), next: positionOf(last) }
      : undefined;
  };
  for await (const candidate of candidates) {
    unseen.push(candidate);
    if (unseen.length < enough) continue;
    found.push(...(await look(unseen)));
    const full = page();
    if (full) return full;
    unseen = [];
    enough = LOOKED_AT_ONCE;
    if (now() >= until) return { items: found, next: positionOf(candidate) };
  }
  if (unseen.length > 0) found.push(...(await look(unseen)));
  return page() ?? { items: found };
};
