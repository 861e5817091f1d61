/** More parts than this leave the record whole. */
export const PARTS_MAX = 500;

const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, QUOTE, BACKSLASH] = [123, 125, 91, 93, 34, 92];

const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** Where the object that begins here ends; undefined when it does not. */
const endOfObject = (data: Uint8Array, from: number): number | undefined => {
  let depth = 0;
  let inText = false;
  for (let at = from; at < data.length; at += 1) {
    const byte = data[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
};

/**
 * The JSON objects that stand one after the other in a record, blanks between them or none. Undefined when
 * something else stands in it, such as an array, or when there are more than 500.
 */
export const deaggregate = (data: Buffer): Buffer[] | undefined => {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    while (at < data.length && isBlank(data[at] ?? 0)) at += 1;
    if (at === data.length) return parts.length === 0 ? undefined : parts;
    const end = data[at] === OPEN ? endOfObject(data, at) : undefined;
    if (end === undefined || parts.length === PARTS_MAX) return undefined;
    parts.push(data.subarray(at, end));
    at = end;
  }
};
