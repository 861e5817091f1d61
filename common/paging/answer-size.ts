/**
 * What a page may have: Lambda answers at most 6 MB (6,291,556 bytes), counted on the answer as JSON with
 * the body as one text in it, so that each quote of the body counts twice. The rest is for headers.
 */
const ANSWER_BYTES_MAX = 6_000_000;

/** Bytes that this text takes in the body of an answer. */
export const bytesInAnswer = (text: string): number => Buffer.byteLength(JSON.stringify(text));

/** How many of the texts, from the first, fit one answer; at least one. */
export const countFitting = (texts: readonly string[]): number => {
  let bytes = 0;
  const end = texts.findIndex((text, index) => {
    bytes += bytesInAnswer(text);
    return index > 0 && bytes > ANSWER_BYTES_MAX;
  });
  return end === -1 ? texts.length : end;
};
