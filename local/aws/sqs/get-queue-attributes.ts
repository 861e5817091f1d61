import { texts } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import { describeAttributes } from "./queue-attributes.ts";

export const getQueueAttributes =
  ({ queues, open }: Sqs): Operation =>
  (input, call) => {
    const name = open(input, call, "GetQueueAttributes");
    const Attributes = describeAttributes(queues, name, texts(input, "AttributeNames"));
    return Object.keys(Attributes).length === 0 ? {} : { Attributes };
  };
