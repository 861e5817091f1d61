const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, QUOTE, BACKSLASH] = [123, 125, 91, 93, 34, 92];

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** Where the object that begins here ends; undefined when it does not. */
const endOfObject = (text: string, from: number): number | undefined => {
  let depth = 0;
  let inText = false;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (code === OPEN || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE || code === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
};

/** The texts of JSON objects that stand one after the other, with blanks or nothing between them; undefined for anything else. */
export const partsOf = (text: string): string[] | undefined => {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
    if (at === text.length) return parts.length === 0 ? undefined : parts;
    const end = text.charCodeAt(at) === OPEN ? endOfObject(text, at) : undefined;
    if (end === undefined) return undefined;
    parts.push(text.slice(at, end));
    at = end;
  }
};
