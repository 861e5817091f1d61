const PAUSE_MS = 5;
const DEADLINE_MS = 15_000;

type Eventually = {
  /** Until the answer is neither undefined nor false. */
  <T>(ask: () => T | undefined | false | Promise<T | undefined | false>, deadlineMs?: number): Promise<T>;
  /** Until the answer is what is waited for. */
  <T>(ask: () => T | Promise<T>, isThere: (answer: T) => boolean, deadlineMs?: number): Promise<T>;
};

const said = (answer: unknown): string => String(JSON.stringify(answer)).slice(0, 400);

/**
 * Asks again until the answer is there, and answers it; at the deadline it fails with the last answer. An
 * error in asking is not waited out.
 */
export const eventually: Eventually = async <T>(
  ask: () => T | Promise<T>,
  second: ((answer: T) => boolean) | number = (answer) => answer !== undefined && answer !== false,
  third = DEADLINE_MS,
): Promise<T> => {
  const [isThere, deadlineMs] =
    typeof second === "number"
      ? [(answer: T) => answer !== undefined && answer !== false, second]
      : [second, third];
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not within ${deadlineMs} ms: ${ask}; the last answer was ${said(answer)}`);
    }
    await new Promise((again) => setTimeout(again, PAUSE_MS));
  }
};
