import { textMap } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import { checkAttributes } from "./queue-attributes.ts";

export const setQueueAttributes =
  ({ queues, open }: Sqs): Operation =>
  (input, call) => {
    const name = open(input, call, "SetQueueAttributes");
    queues.update(name, checkAttributes(queues, textMap(input, "Attributes"), queues.get(name).attributes));
    return {};
  };
