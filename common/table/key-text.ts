/** A caller's text as a part of a key, between `#`: no text can then end its part. */
export const escaped = (text: string): string => text.replaceAll("%", "%25").replaceAll("#", "%23");

/** A number of up to 12 digits as text that sorts like the number. */
export const padded = (number: number): string => String(number).padStart(12, "0");

/**
 * Which of `count` shards a text belongs to: always the same, and evenly spread for ids that differ in
 * few characters. Not secret; a caller who chooses ids can choose the shard.
 */
export const shardOfText = (text: string, count: number): number => {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
};
