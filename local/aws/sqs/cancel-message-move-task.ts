import { nameInArn } from "../port/arn.ts";
import { text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { invalid, type Sqs } from "./context.ts";
import { type MoveTasks, sourceInTaskHandle } from "./move-tasks.ts";
import { noSuchArn, resourceNotFound } from "./start-message-move-task.ts";

export const cancelMessageMoveTask =
  ({ queues }: Sqs, tasks: MoveTasks): Operation =>
  (input, call) => {
    const handle = text(input, "TaskHandle");
    const source = sourceInTaskHandle(handle);
    if (source === undefined) throw invalid("Value for parameter TaskHandle is invalid.");
    const name = nameInArn(source);
    call.authorize("sqs:CancelMessageMoveTask", queues.arnOf(name));
    if (!queues.has(name)) throw noSuchArn("SourceArn");
    const task = tasks.of(name).find((one) => one.handle === handle && one.status === "RUNNING");
    if (!task) throw resourceNotFound("Task does not exist.");
    tasks.cancel(task);
    return { ApproximateNumberOfMessagesMoved: task.moved };
  };
