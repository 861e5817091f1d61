/**
 * A JSON value as RFC 8785 (JCS) writes it: one text for all spellings of the same value. Members that
 * are undefined are left out, as `JSON.stringify` does. Throws on what I-JSON cannot say: lone
 * surrogates, NaN, infinities, and anything that is no JSON. Recurses: the caller bounds the depth.
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return canonicalText(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`);
      // RFC 8785, 3.2.2.3: as ECMAScript writes numbers, which is what JSON.stringify does; -0 is 0.
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : Array.isArray(value) ? canonicalArray(value) : canonicalObject(value);
    default:
      throw new TypeError(`a ${typeof value} is not a JSON value`);
  }
};

const canonicalText = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError("a text holds a lone surrogate");
  return JSON.stringify(text);
};

const canonicalArray = (values: readonly unknown[]): string => {
  let text = "[";
  for (let index = 0; index < values.length; index += 1) {
    text += (index === 0 ? "" : ",") + canonicalJson(values[index]);
  }
  return `${text}]`;
};

const canonicalObject = (object: object): string => {
  let text = "{";
  // Sorted by UTF-16 code units, which is how JavaScript compares texts.
  for (const name of Object.keys(object).sort()) {
    const value = (object as Record<string, unknown>)[name];
    if (value === undefined) continue;
    text += `${text === "{" ? "" : ","}${canonicalText(name)}:${canonicalJson(value)}`;
  }
  return `${text}}`;
};
