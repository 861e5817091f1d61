import type { Manifest } from "#common/manifest/manifest.ts";

/**
 * The one setting that shortens waits locally: batching windows, retries of asynchronous events, and how
 * long a failed message stays away. 1 is AWS's own pace.
 */
export type Pace = (seconds: number) => number;

export const paceOf =
  (factor: number): Pace =>
  (seconds) =>
    seconds * factor;

export const LOCAL_PACE = 0.1;

/** Longer than loading a function takes at most. */
const START_SECONDS = 12;

/** How long a message that is being worked on stays hidden: an invocation can last no longer. */
export const workingSeconds = (
  { timeoutSeconds }: Pick<Manifest, "timeoutSeconds">,
  visibilitySeconds: number,
  pace: Pace,
): number => Math.max(timeoutSeconds + START_SECONDS, pace(visibilitySeconds));
