import { AwsError } from "../port/errors.ts";
import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";

const PAUSE_MS = 60_000;

export const purgeQueue = ({ queues, open, now }: Sqs): Operation => {
  const purgedAt = new Map<string, number>();
  return async (input, call) => {
    const name = open(input, call, "PurgeQueue");
    const sinceMs = now() - (purgedAt.get(name) ?? Number.NEGATIVE_INFINITY);
    // A purge of a later time is one before the clock was set back.
    if (sinceMs >= 0 && sinceMs < PAUSE_MS) {
      throw new AwsError(
        "PurgeQueueInProgress",
        `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
        { status: 403, queryCode: "AWS.SimpleQueueService.PurgeQueueInProgress" },
      );
    }
    purgedAt.set(name, now());
    await queues.store.purge(name);
    return {};
  };
};
