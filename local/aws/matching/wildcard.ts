import { refuse } from "./pattern-error.ts";

/** A character, or null for a star. */
type Part = string | null;

/** `*` stands for any characters, `\*` for itself. AWS counts places from the quote before the text. */
const parse = (pattern: string): Part[] => {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    const next = pattern.charAt(at + 1);
    if (character === "\\") {
      if (next !== "*" && next !== "\\") refuse(`Invalid escape character at pos ${at + 1}`);
      parts.push(next);
      at += 1;
    } else if (character === "*") {
      if (next === "*") refuse(`Consecutive wildcard characters at pos ${at + 1}`);
      parts.push(null);
    } else parts.push(character);
  }
  return parts;
};

/**
 * EventBridge does not document its bound. It takes a star with `/dir` five times after it, which reaches 8
 * places, and refuses `*:*:*:*:*:event-bus/*`, which reaches 13.
 */
const PLACES_MAX = 12;
const STATES_MAX = 10_000;

/** Whether a text can lead to more places of the pattern at once than EventBridge follows. */
const isComplex = (parts: readonly Part[]): boolean => {
  const characters = [...new Set(parts.filter((part) => part !== null)), null];
  const closed = (places: Iterable<number>): number[] => {
    const all = new Set(places);
    // A star may stand for nothing.
    for (const place of all) if (parts[place] === null) all.add(place + 1);
    return [...all].sort((a, b) => a - b);
  };
  const queue = [closed([0])];
  const seen = new Set(queue.map(String));
  for (const places of queue) {
    if (places.length > PLACES_MAX || seen.size > STATES_MAX) return true;
    for (const character of characters) {
      const next = closed(
        places.flatMap((place) => {
          if (parts[place] === null) return [place];
          return character !== null && parts[place] === character ? [place + 1] : [];
        }),
      );
      if (next.length === 0 || seen.has(String(next))) continue;
      seen.add(String(next));
      queue.push(next);
    }
  }
  return false;
};

/** Returns a test of texts. It goes back to the last star only, so no pattern is slow. */
export const wildcard = (pattern: string): ((value: string) => boolean) => {
  const parts = parse(pattern);
  if (isComplex(parts)) {
    refuse(
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character",
    );
  }
  return (value) => {
    let part = 0;
    let at = 0;
    let star = -1;
    let resume = 0;
    while (at < value.length) {
      if (part < parts.length && parts[part] === value[at]) {
        part += 1;
        at += 1;
      } else if (part < parts.length && parts[part] === null) {
        star = part;
        resume = at;
        part += 1;
      } else if (star >= 0) {
        resume += 1;
        at = resume;
        part = star + 1;
      } else return false;
    }
    while (parts[part] === null) part += 1;
    return part === parts.length;
  };
};
