import { compilePattern, PatternError } from "../matching/pattern.ts";
import { AwsError } from "../port/errors.ts";

const PATTERN_LENGTH_MAX = 4096;

/** A pattern as text, parsed and checked. */
export const readPattern = (text: string): ((event: unknown) => boolean) => {
  const invalid = (reason: string) =>
    new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
  if (text.length > PATTERN_LENGTH_MAX) {
    throw invalid(`Event pattern is longer than ${PATTERN_LENGTH_MAX} characters`);
  }
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw invalid("Filter is not valid JSON");
  }
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) throw invalid(error.message);
    throw error;
  }
};
