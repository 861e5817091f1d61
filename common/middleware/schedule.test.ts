import type { Context } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { AppError } from "#common/errors/app-error.ts";
import { captureOutput } from "#common/testing/output.ts";
import { type ScheduleEvent, scheduleHandler } from "./schedule.ts";

const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 1000 } as Context;

beforeEach(() => {
  captureOutput();
});

const setup = (action: (scheduledAt: Date) => Promise<void> = async () => {}) => {
  const dead: QueueMessage[] = [];
  const times: string[] = [];
  const handler = scheduleHandler({
    deadQueueUrl: "dead",
    action: async (scheduledAt) => {
      times.push(scheduledAt.toISOString());
      await action(scheduledAt);
    },
    keepDead: async (_, messages) => {
      dead.push(...messages);
      return [];
    },
  });
  return { run: (event: object) => handler(event as ScheduleEvent, context), dead, times };
};

describe("a function that runs by the clock", () => {
  it("gets the time that the schedule named", async () => {
    const { run, times, dead } = setup();

    await run({ "scheduled-time": "2025-01-31T03:00:00Z" });

    expect(times).toEqual(["2025-01-31T03:00:00.000Z"]);
    expect(dead).toEqual([]);
  });

  it("throws what may succeed later, so that Lambda tries again", async () => {
    const { run, dead } = setup(async () => {
      throw new Error("the table is away");
    });

    await expect(run({ "scheduled-time": "2025-01-31T03:00:00Z" })).rejects.toThrow();
    expect(dead).toEqual([]);
  });

  it("keeps what can never succeed: an action's refusal, an event without a time", async () => {
    const { run, dead } = setup(async () => {
      throw new AppError("MESSAGE_INVALID");
    });

    await run({ "scheduled-time": "2025-01-31T03:00:00Z" });
    for (const event of [{}, { "scheduled-time": "tomorrow" }]) await run(event);

    expect(dead.map(({ attributes }) => attributes?.code)).toEqual(Array(3).fill("MESSAGE_INVALID"));
    expect(dead[2]?.body).toBe('{"scheduled-time":"tomorrow"}');
  });
});
