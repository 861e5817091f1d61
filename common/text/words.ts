import { fold } from "./fold.ts";

/** The different words of a text, folded, in their order; what is no letter and no digit parts them. */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    fold(text)
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== ""),
  ),
];

const ENDS_IN_WORD = /[\p{L}\p{N}]$/u;

/** Whether this word (folded) is the start of a word of the text (folded). */
const startsWord = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    // Two units, because a character beyond U+FFFF takes two.
    if (at === 0 || !ENDS_IN_WORD.test(text.slice(Math.max(0, at - 2), at))) return true;
  }
  return false;
};

/** Whether each of the words, as `wordsOf` makes them, is the start of a word of the text. */
export const hasWordStarts = (text: string, words: readonly string[]): boolean => {
  const folded = fold(text);
  return words.every((word) => startsWord(folded, word));
};
