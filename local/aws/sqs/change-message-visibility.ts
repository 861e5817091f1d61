import { type Input, integer, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { eachEntry } from "./batch.ts";
import { invalid, type Sqs } from "./context.ts";
import { malformedHandle } from "./delete-message.ts";

const changeOne = async ({ queues }: Sqs, queue: string, input: Input) => {
  const handle = text(input, "ReceiptHandle");
  const seconds = integer(input, "VisibilityTimeout", { min: 0, max: 43_200 });
  const outcome = await queues.store.changeVisibility(queue, handle, seconds, "any");
  if (outcome === "malformed") throw malformedHandle(handle);
  if (outcome === "unknown") {
    throw invalid(
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  queues.wake(queue);
  return {};
};

export const changeMessageVisibility =
  (sqs: Sqs): Operation =>
  (input, call) =>
    changeOne(sqs, sqs.open(input, call, "ChangeMessageVisibility"), input);

export const changeMessageVisibilityBatch =
  (sqs: Sqs): Operation =>
  (input, call) => {
    const queue = sqs.open(input, call, "ChangeMessageVisibility");
    return eachEntry(input, (entry) => changeOne(sqs, queue, entry));
  };
