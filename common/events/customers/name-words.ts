/** Of a name so many different words are found, each by so many of its characters. */
const WORDS_MAX = 20;
const WORD_LENGTH_MAX = 64;

/** Letters that Unicode does not take apart, as most people would type them. */
const PLAIN: Record<string, string> = {
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  ħ: "h",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ς: "σ",
};

const withoutMarks = (text: string): string => text.normalize("NFKD").replace(/\p{M}+/gu, "");

/** Text without case, accents and compatibility forms: equal for what people take for the same word. */
export const fold = (text: string): string =>
  // Upper case first: it makes ss of ß, which lower case leaves alone.
  withoutMarks(withoutMarks(text).toUpperCase().toLowerCase()).replace(
    /[øłđðħæœþς]/g,
    (letter) => PLAIN[letter] ?? letter,
  );

/** The different words of a text, folded and sorted; what is no letter and no digit parts them. */
export const wordsOf = (text: string): string[] => {
  const words = fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => [...word].slice(0, WORD_LENGTH_MAX).join(""));
  return [...new Set(words)].slice(0, WORDS_MAX).sort();
};

/** Whether each wanted word is the start of a word of the name. */
export const matches = (words: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((start) => words.some((word) => word.startsWith(start)));
