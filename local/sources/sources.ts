import { isAsynchronous, triggersOf } from "#common/manifest/manifest.ts";
import { resourceName, streamNames } from "#common/manifest/names.ts";
import type { PortListeners } from "../seams.ts";
import { type AsynchronousFunction, asynchronousFunction } from "./asynchronous.ts";
import { followDeliveryStream } from "./delivery-stream.ts";
import { subscribeToLogs } from "./log-lines.ts";
import { type Matchers, notify } from "./notifications.ts";
import { followQueue } from "./queue.ts";
import { followSchedule } from "./schedule.ts";
import type { SourceOptions } from "./source.ts";
import { followTable } from "./table.ts";

export type Sources = {
  /** The AWS port calls these. */
  listeners: PortListeners;
  /** Gets what a function printed. */
  onOutput(functionName: string, text: string): void;
  /** Resolves when the signal has aborted and everything that was taken is done. */
  finished: Promise<void>;
};

/** Wires every trigger of the manifests but routes: queues, tables, delivery streams, topics, buckets, the bus, schedules, log lines. */
export const startSources = (options: SourceOptions, matchers: Matchers): Sources => {
  const { declarations, deployment } = options;
  const { manifests } = declarations;
  const targets = new Map<string, AsynchronousFunction>(
    manifests
      .filter(isAsynchronous)
      .map((manifest) => [manifest.name, asynchronousFunction(options, manifest)]),
  );
  const running = [
    ...[...targets.values()].map((target) => target.follow()),
    ...manifests.flatMap((manifest) => [
      ...triggersOf(manifest, "queue").map((trigger) => followQueue(options, manifest, trigger)),
      ...triggersOf(manifest, "table").map((trigger) =>
        followTable(options, manifest, trigger, matchers.matchesPattern),
      ),
      ...triggersOf(manifest, "delivery-stream").flatMap(({ stream }) =>
        streamNames(stream, options.streamCountOf(stream)).map((name) =>
          followDeliveryStream(options, manifest, resourceName(deployment, name)),
        ),
      ),
      ...triggersOf(manifest, "schedule").flatMap((trigger) => {
        const target = targets.get(manifest.name);
        return target === undefined ? [] : [followSchedule(options, trigger, target)];
      }),
    ]),
  ];
  const subscriptions = manifests.flatMap((manifest) => {
    const target = targets.get(manifest.name);
    const subscribes = triggersOf(manifest, "log-lines").length > 0;
    return target && subscribes ? [subscribeToLogs(options, manifest, target)] : [];
  });
  return {
    onOutput: (name, text) => {
      for (const subscription of subscriptions) subscription.write(name, text);
    },
    listeners: notify(declarations, deployment, targets, options.queues, matchers),
    finished: Promise.all(
      running.map((source) => source.catch((error: unknown) => options.log("an event source ended", error))),
    ).then(async () => {
      for (const subscription of subscriptions) await subscription.close();
    }),
  };
};
