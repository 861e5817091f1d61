import type { Metrics } from "@aws-lambda-powertools/metrics";

/** Counts that the platform's alarms and dashboards watch, in the environment's namespace by function. */
export type MetricName =
  | "AuthorizerFault"
  | "MessagesRejected"
  | "AuditRejected"
  | "EventsUnreadable"
  | "WorkLeft"
  | "BatchItemsRetried"
  | "FilesIgnored"
  | "ImportsFailed"
  | "ImportRejectsHigh"
  | "ImportsStuck"
  | "CleanserUnavailable"
  | "ChangesNews"
  | "ChangesStale"
  | "ChangesIgnored"
  | "ChangesBlocked"
  | "ChangesGaps"
  | "ChangesClaims"
  | "ChangesDifferences";

/** Times that dashboards show, in milliseconds. */
export type DurationName = "ChangesDelay";

let counted = new Map<MetricName, number>();
let measured = new Map<DurationName, number[]>();
let metrics: Metrics | undefined;

/** Adds to a count of this invocation; `flushMetrics` publishes it. */
export const count = (name: MetricName, amount = 1): void => {
  counted.set(name, (counted.get(name) ?? 0) + amount);
};

/** Adds a time to this invocation's; `flushMetrics` publishes all of them. */
export const measure = (name: DurationName, milliseconds: number): void => {
  measured.set(name, [...(measured.get(name) ?? []), milliseconds]);
};

const flush = async (
  publish: ReadonlyMap<MetricName, number>,
  times: ReadonlyMap<DurationName, number[]>,
): Promise<void> => {
  if (!metrics) metrics = new (await import("@aws-lambda-powertools/metrics")).Metrics();
  for (const [name, amount] of publish) metrics.addMetric(name, "Count", amount);
  for (const [name, values] of times) {
    for (const value of values) metrics.addMetric(name, "Milliseconds", value);
  }
  metrics.publishStoredMetrics();
};

/**
 * Publishes the counts of this invocation as one line in CloudWatch's embedded metric format, and
 * forgets them. Powertools is loaded only when there is something to publish (4 ms). Answers nothing to wait
 * for when nothing was counted, as in most invocations.
 */
export const flushMetrics = (): Promise<void> | undefined => {
  if (counted.size === 0 && measured.size === 0) return undefined;
  const publish = counted;
  const times = measured;
  counted = new Map();
  measured = new Map();
  return flush(publish, times);
};
