import { AwsError } from "../port/errors.ts";
import { type Input, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { eachEntry } from "./batch.ts";
import type { Sqs } from "./context.ts";

export const malformedHandle = (handle: string) =>
  new AwsError(
    "ReceiptHandleIsInvalid",
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );

const deleteOne = async ({ queues }: Sqs, queue: string, input: Input) => {
  const handle = text(input, "ReceiptHandle");
  if ((await queues.store.remove(queue, handle)) === "malformed") throw malformedHandle(handle);
  return {};
};

export const deleteMessage =
  (sqs: Sqs): Operation =>
  (input, call) =>
    deleteOne(sqs, sqs.open(input, call, "DeleteMessage"), input);

export const deleteMessageBatch =
  (sqs: Sqs): Operation =>
  (input, call) => {
    const queue = sqs.open(input, call, "DeleteMessage");
    return eachEntry(input, (entry) => deleteOne(sqs, queue, entry));
  };
