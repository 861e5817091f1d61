import { bytesInAnswer } from "#common/paging/answer-size.ts";
import { RESULT_LIMITS } from "./limits.ts";

/** Lambda's 6 MB, in which each quote of the body counts twice; the rest of it is for headers. */
const ESCAPED_BYTES_MAX = 5_900_000;

/** The room of one answer: `takes` says whether a text still has place in it, and takes that place; the first always has. */
export const answerRoom = () => {
  let bytes = 0;
  let escaped = 0;
  return {
    takes: (text: string): boolean => {
      const [more, moreEscaped] = [Buffer.byteLength(text) + 1, bytesInAnswer(text)];
      const fits = bytes + more <= RESULT_LIMITS.bytes && escaped + moreEscaped <= ESCAPED_BYTES_MAX;
      if (!fits && bytes > 0) return false;
      bytes += more;
      escaped += moreEscaped;
      return true;
    },
  };
};
export type AnswerRoom = ReturnType<typeof answerRoom>;
