import type { BusEvent, MessageAttributes, Queues } from "../../seams.ts";
import { type Arns, nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import type { Attempt, Deliver } from "../port/outbox.ts";
import type { Rule } from "./rules.ts";
import { deadLetterArnOf, inputOf, retryPolicyOf, type Target } from "./target.ts";

/** One event for one target, as it will be sent: later changes of the target do not affect it. */
export type Delivery = {
  ruleArn: string;
  targetArn: string;
  /** Absent if the template became invalid JSON. */
  input?: string;
  /** The event as it was put, for the dead-letter queue, which does not get the target's input. */
  event: BusEvent;
  deadLetterArn?: string;
  attemptsMax: number;
  ageSecondsMax: number;
};

export const deliveryOf = (
  rule: Pick<Rule, "name">,
  ruleArn: string,
  target: Target,
  event: BusEvent,
  ingestionTime: string,
): Delivery => {
  const input = inputOf(target, { event, ruleArn, ruleName: rule.name, ingestionTime });
  const deadLetterArn = deadLetterArnOf(target);
  return {
    ruleArn,
    targetArn: target.Arn,
    event,
    ...retryPolicyOf(target),
    ...(input === undefined ? {} : { input }),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
};

type Failure = { code: string; message: string; exhausted?: string };

const noResource = (message: string): Failure => ({ code: "NO_RESOURCE", message });

const deadLetterAttributes = (delivery: Delivery, failure: Failure, retries: number): MessageAttributes => {
  const texts = {
    RULE_ARN: delivery.ruleArn,
    TARGET_ARN: delivery.targetArn,
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    ...(failure.exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: failure.exhausted }),
  };
  return {
    ...Object.fromEntries(
      Object.entries(texts).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
    ),
    RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(retries) },
  };
};

const exhaustedBy = (delivery: Delivery, { retries, ageMs }: Attempt): string | undefined => {
  if (retries >= delivery.attemptsMax) return "MaximumRetryAttempts";
  return ageMs >= delivery.ageSecondsMax * 1000 ? "MaximumEventAgeInSeconds" : undefined;
};

/**
 * Delivers to a queue of this account. A target that does not exist is not retried; other failures are, as
 * often and as long as the target's retry policy says. Then the event goes to the dead-letter queue, or is
 * dropped if there is none.
 */
export const deliverToTarget = (
  queues: Pick<Queues, "send">,
  arns: Arns,
  log: (error: unknown, work: string) => void,
): Deliver<Delivery> => {
  const trySend = async (
    arn: string,
    body: string,
    attributes: MessageAttributes,
  ): Promise<Failure | undefined> => {
    const name = nameInArn(arn);
    if (arns.at("sqs", name) !== arn) return noResource("The specified queue does not exist.");
    try {
      await queues.send(name, body, { attributes });
      return undefined;
    } catch (error) {
      if (error instanceof AwsError && error.code === "QueueDoesNotExist") return noResource(error.message);
      throw error;
    }
  };

  const giveUp = async (delivery: Delivery, failure: Failure, retries: number): Promise<void> => {
    const { deadLetterArn, event, targetArn, ruleArn } = delivery;
    const attributes = deadLetterAttributes(delivery, failure, retries);
    const lost =
      deadLetterArn === undefined ? failure : await trySend(deadLetterArn, JSON.stringify(event), attributes);
    if (lost) log(`${targetArn}: ${failure.message}`, `event of ${ruleArn} dropped`);
  };

  return async (delivery, attempt) => {
    if (delivery.input === undefined) {
      const failure = { code: "INVALID_JSON", message: "The input of the target is not valid JSON." };
      return giveUp(delivery, failure, attempt.retries);
    }
    try {
      const failure = await trySend(delivery.targetArn, delivery.input, {});
      if (failure) await giveUp(delivery, failure, attempt.retries);
    } catch (error) {
      const exhausted = exhaustedBy(delivery, attempt);
      if (exhausted === undefined) throw error;
      const message = error instanceof Error ? error.message : String(error);
      await giveUp(delivery, { code: "INTERNAL_ERROR", message, exhausted }, attempt.retries);
    }
  };
};
