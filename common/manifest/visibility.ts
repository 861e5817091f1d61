import { type Declarations, type Manifest, triggersOf } from "./manifest.ts";

/** Lambda asks for it: a poller keeps messages while their function is throttled. */
const VISIBILITY_PER_TIMEOUT = 6;

/** SQS's own, for a queue that nothing takes from. */
const VISIBILITY_SECONDS = 30;

/** The longest time-out of the functions that take from a queue; 0 without any. */
export const consumerSeconds = (manifests: readonly Manifest[], queue: string): number =>
  manifests
    .filter((manifest) => triggersOf(manifest, "queue").some((trigger) => trigger.queue === queue))
    .reduce((longest, { timeoutSeconds }) => Math.max(longest, timeoutSeconds), 0);

/**
 * The visibility time-out of a declared queue: what resources.json says, or six times its longest consumer's time-out.
 * Terraform works out the same.
 */
export const visibilitySecondsOf = (
  { manifests, resources }: Pick<Declarations, "manifests" | "resources">,
  queue: string,
): number =>
  resources.queues[queue]?.visibilitySeconds ??
  (VISIBILITY_PER_TIMEOUT * consumerSeconds(manifests, queue) || VISIBILITY_SECONDS);
