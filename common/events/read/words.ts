/** Text without case and accents: `Café` and `CAFE` are the same. */
const folded = (text: string): string => {
  const lower = text.toLowerCase();
  // Plain ASCII, which most descriptions are, has no accents to take apart.
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize("NFKD").replace(/\p{M}+/gu, "");
};

/** The words of a search, folded, each once. */
export const wordsOf = (search: string): string[] => [
  ...new Set(folded(search).split(/\s+/).filter(Boolean)),
];

/** Whether each of the (folded) words stands anywhere in the text, as a word or as a part of one. */
export const hasWords = (text: string, words: readonly string[]): boolean => {
  const inText = folded(text);
  return words.every((word) => inText.includes(word));
};
