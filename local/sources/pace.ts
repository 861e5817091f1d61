import type { Manifest } from "#common/manifest/manifest.ts";
import { triggersOf } from "#common/manifest/manifest.ts";

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

/** Lambda asks for it, and Terraform sets it. */
const VISIBILITY_PER_TIMEOUT = 6;

export const visibilitySeconds = (manifest: Pick<Manifest, "timeoutSeconds">): number =>
  manifest.timeoutSeconds * VISIBILITY_PER_TIMEOUT;

/** Longer than loading a function takes at most. */
const START_SECONDS = 12;

/** How long a message that is being worked on stays hidden: an invocation can last no longer. */
export const workingSeconds = (manifest: Pick<Manifest, "timeoutSeconds">, pace: Pace): number =>
  Math.max(manifest.timeoutSeconds + START_SECONDS, pace(visibilitySeconds(manifest)));

/** The visibility time-out of a declared queue, by its name in resources.json; 30 seconds if nothing takes from it. */
export const visibilitySecondsOf = (manifests: readonly Manifest[], queue: string): number =>
  manifests
    .filter((manifest) => triggersOf(manifest, "queue").some((trigger) => trigger.queue === queue))
    .map(visibilitySeconds)
    .reduce((longest, seconds) => Math.max(longest, seconds), 0) || 30;
