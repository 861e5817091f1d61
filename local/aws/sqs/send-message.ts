import type { Input } from "../port/input.ts";
import type { Call, Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import { newMessage } from "./new-message.ts";

export const sendOne = async (sqs: Sqs, queue: string, input: Input, call: Call) => {
  const { message, answer } = newMessage(sqs, queue, input, call);
  const { messageId } = await sqs.queues.send(queue, message.body, message);
  return { MessageId: messageId, ...answer };
};

export const sendMessage =
  (sqs: Sqs): Operation =>
  (input, call) =>
    sendOne(sqs, sqs.open(input, call, "SendMessage"), input, call);
