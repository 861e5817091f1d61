import { nameInArn } from "../port/arn.ts";
import { optionalInteger, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import type { MoveTask, MoveTasks } from "./move-tasks.ts";
import { noSuchArn } from "./start-message-move-task.ts";

/** A task's handle is shown while it can be cancelled. */
const shown = (task: MoveTask) => ({
  ...(task.status === "RUNNING" ? { TaskHandle: task.handle } : {}),
  Status: task.status,
  SourceArn: task.sourceArn,
  ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
  ...(task.perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.failureReason === undefined ? {} : { FailureReason: task.failureReason }),
  StartedTimestamp: task.startedAt,
});

export const listMessageMoveTasks =
  ({ queues }: Sqs, tasks: MoveTasks): Operation =>
  (input, call) => {
    const name = nameInArn(text(input, "SourceArn"));
    call.authorize("sqs:ListMessageMoveTasks", queues.arnOf(name));
    if (!queues.has(name)) throw noSuchArn("SourceArn");
    const max = optionalInteger(input, "MaxResults", { min: 1, max: 10 }) ?? 1;
    return { Results: tasks.of(name).slice(0, max).map(shown) };
  };
