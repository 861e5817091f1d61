import { optionalInteger, texts } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import { received } from "./received.ts";

export const receiveMessage =
  ({ queues, open }: Sqs): Operation =>
  async (input, call) => {
    const queue = open(input, call, "ReceiveMessage");
    const visibilitySeconds = optionalInteger(input, "VisibilityTimeout", { min: 0, max: 43_200 });
    const waitSeconds =
      optionalInteger(input, "WaitTimeSeconds", { min: 0, max: 20 }) ??
      Number(queues.setting(queues.get(queue), "ReceiveMessageWaitTimeSeconds"));
    const messages = await queues.receive(queue, {
      max: optionalInteger(input, "MaxNumberOfMessages", { min: 1, max: 10 }) ?? 1,
      waitMs: waitSeconds * 1000,
      signal: call.signal,
      ...(visibilitySeconds === undefined ? {} : { visibilitySeconds }),
    });
    const system = [...texts(input, "AttributeNames"), ...texts(input, "MessageSystemAttributeNames")];
    const wanted = texts(input, "MessageAttributeNames");
    return messages.length === 0
      ? {}
      : { Messages: messages.map((message) => received(message, system, wanted)) };
  };
