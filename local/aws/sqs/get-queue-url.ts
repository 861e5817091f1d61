import { text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import { noSuchQueue } from "./queues.ts";

export const getQueueUrl =
  ({ queues, urlOf }: Sqs): Operation =>
  (input, call) => {
    const name = text(input, "QueueName");
    call.authorize("sqs:GetQueueUrl", queues.arnOf(name));
    if (!queues.has(name)) throw noSuchQueue();
    return { QueueUrl: urlOf(name, call) };
  };
