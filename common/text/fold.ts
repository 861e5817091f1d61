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

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/**
 * Text without case, accents and compatibility forms: equal for what people take for the same word
 * (`Straße`, `STRASSE`). Every search of the platform folds by this. Folding what is folded changes nothing.
 */
export const fold = (text: string): string => {
  if (ASCII.test(text)) return text.toLowerCase();
  // Upper case makes ss of ß, which lower case leaves alone; lower case first, because ẞ is upper case already.
  const lower = text.normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  return lower
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[øłđðħæœþς]/g, (letter) => PLAIN[letter] ?? letter);
};
