import { describe, expect, it } from "vitest";
import type { MessageAttributes } from "../../seams.ts";
import { arnsOf } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { testDeployment } from "../testing/port.ts";
import { type Delivery, deliverToTarget } from "./delivery.ts";

const arns = arnsOf(testDeployment);
const delivery: Delivery = {
  ruleArn: arns.at("events", "rule/r"),
  targetArn: arns.at("sqs", "target"),
  input: '"input"',
  event: { id: "1", source: "s", "detail-type": "t" },
  deadLetterArn: arns.at("sqs", "dead"),
  attemptsMax: 2,
  ageSecondsMax: 60,
};

/** Queues of which `target` fails with the given error, and what they were sent. */
const setup = (error: Error) => {
  const sent: { queue: string; body: string; attributes: Record<string, string | undefined> }[] = [];
  const textsOf = (attributes: MessageAttributes = {}) =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value.StringValue]));
  const deliver = deliverToTarget(
    {
      send: async (queue, body, options) => {
        if (queue === "target") throw error;
        sent.push({ queue, body, attributes: textsOf(options?.attributes) });
        return { messageId: "m" };
      },
    },
    arns,
    () => {},
  );
  return { deliver, sent };
};

describe("delivering an event to a target that fails", () => {
  const busy = new Error("the queue is busy");

  it("is tried again until the policy's attempts are over", async () => {
    const { deliver, sent } = setup(busy);

    await expect(deliver(delivery, { retries: 1, ageMs: 0 })).rejects.toThrow("busy");
    expect(sent).toEqual([]);
    await deliver(delivery, { retries: 2, ageMs: 0 });

    expect(sent).toMatchObject([
      {
        queue: "dead",
        body: JSON.stringify(delivery.event),
        attributes: {
          ERROR_MESSAGE: "the queue is busy",
          EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
          RETRY_ATTEMPTS: "2",
        },
      },
    ]);
  });

  it("is tried again until the policy's age is over", async () => {
    const { deliver, sent } = setup(busy);

    await expect(deliver(delivery, { retries: 0, ageMs: 59_999 })).rejects.toThrow("busy");
    await deliver(delivery, { retries: 0, ageMs: 60_000 });

    expect(sent[0]?.attributes).toMatchObject({ EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds" });
  });

  it("is not tried again when the target is gone", async () => {
    const { deliver, sent } = setup(new AwsError("QueueDoesNotExist", "gone"));

    await deliver(delivery, { retries: 0, ageMs: 0 });

    expect(sent[0]?.attributes).toMatchObject({ ERROR_CODE: "NO_RESOURCE", RETRY_ATTEMPTS: "0" });
    expect(sent[0]?.attributes).not.toHaveProperty("EXHAUSTED_RETRY_CONDITION");
  });

  it("is not tried at all when the template's JSON became invalid", async () => {
    const { deliver, sent } = setup(busy);
    const { input: _, ...invalid } = delivery;

    await deliver(invalid, { retries: 0, ageMs: 0 });

    expect(sent[0]?.attributes).toMatchObject({ ERROR_CODE: "INVALID_JSON" });
  });
});
