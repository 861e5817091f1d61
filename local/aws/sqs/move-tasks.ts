import { randomUUID } from "node:crypto";
import { nameInArn } from "../port/arn.ts";
import type { QueueSet } from "./queues.ts";

type Status = "RUNNING" | "COMPLETED" | "CANCELLING" | "CANCELLED" | "FAILED";
export type MoveTask = {
  handle: string;
  /** Queue whose visible messages are moved. */
  from: string;
  sourceArn: string;
  /** Undefined: each message returns to the queue whose dead letter it is. */
  destinationArn: string | undefined;
  perSecond: number | undefined;
  startedAt: number;
  toMove: number;
  moved: number;
  status: Status;
  failureReason?: string;
};

const SHOWN_MAX = 10;

/** A task's handle as AWS makes it: the task's id and the source, in JSON, in base64. */
const writeTaskHandle = (sourceArn: string): string =>
  Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString("base64");

/** The source that a handle names; undefined for what is no handle. */
export const sourceInTaskHandle = (handle: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(handle, "base64").toString());
    if (typeof parsed !== "object" || parsed === null || !("sourceArn" in parsed)) return undefined;
    return typeof parsed.sourceArn === "string" ? parsed.sourceArn : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Tasks that move messages out of dead-letter queues. They are remembered in memory only: one that runs
 * when the platform ends leaves the rest where it is.
 */
export const makeMoveTasks = (queues: QueueSet, now: () => number) => {
  const tasks = new Map<string, MoveTask[]>();
  const timers = new Map<MoveTask, NodeJS.Timeout>();

  const finish = (task: MoveTask, status: Status, failureReason?: string) => {
    clearTimeout(timers.get(task));
    timers.delete(task);
    task.status = status;
    if (failureReason !== undefined) task.failureReason = failureReason;
  };

  const targetOf = (task: MoveTask) => (source: string | undefined) => {
    const arn = task.destinationArn ?? source;
    const name = arn === undefined ? undefined : nameInArn(arn);
    return name !== undefined && queues.has(name) ? name : undefined;
  };

  const step = async (task: MoveTask): Promise<void> => {
    if (task.status !== "RUNNING") return;
    const max = Math.min(task.perSecond ?? task.toMove, task.toMove - task.moved);
    const { targets, stopped } = await queues.store.move(task.from, max, targetOf(task));
    task.moved += targets.length;
    for (const target of new Set(targets)) queues.wake(target);
    if (task.status !== "RUNNING") return;
    if (stopped) {
      const isGone = task.destinationArn !== undefined;
      finish(
        task,
        "FAILED",
        isGone ? "AWS.SimpleQueueService.NonExistentQueue" : "CouldNotDetermineMessageSource",
      );
    } else if (task.moved >= task.toMove || targets.length < max) finish(task, "COMPLETED");
    else
      timers.set(
        task,
        setTimeout(() => void step(task).catch(() => finish(task, "FAILED", "InternalError")), 1000).unref(),
      );
  };

  const of = (name: string): MoveTask[] => tasks.get(name) ?? [];

  return {
    of,
    isRunning: (name: string) => of(name).some(({ status }) => status === "RUNNING"),
    /** Resolves when the first messages have moved: all of them, where no rate is set. */
    start: async (
      from: string,
      destinationArn: string | undefined,
      perSecond: number | undefined,
    ): Promise<MoveTask> => {
      const sourceArn = queues.arnOf(from);
      const task: MoveTask = {
        handle: writeTaskHandle(sourceArn),
        from,
        sourceArn,
        destinationArn,
        perSecond,
        startedAt: now(),
        toMove: queues.store.depth(from).visible,
        moved: 0,
        status: "RUNNING",
      };
      tasks.set(from, [task, ...of(from)].slice(0, SHOWN_MAX));
      await step(task);
      return task;
    },
    cancel: (task: MoveTask) => finish(task, "CANCELLED"),
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
};
export type MoveTasks = ReturnType<typeof makeMoveTasks>;
