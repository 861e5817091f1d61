import { wordsOf } from "#common/text/words.ts";

/** Of a name so many different words are found, each by so many of its characters. */
const WORDS_MAX = 20;
const WORD_LENGTH_MAX = 64;

/** The different words of a name that it is found by, folded and sorted. */
export const nameWords = (name: string): string[] => {
  const words = wordsOf(name).map((word) => [...word].slice(0, WORD_LENGTH_MAX).join(""));
  return [...new Set(words)].slice(0, WORDS_MAX).sort();
};

/** Whether each wanted word is the start of a word of the name. */
export const hasNameWords = (words: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((start) => words.some((word) => word.startsWith(start)));
