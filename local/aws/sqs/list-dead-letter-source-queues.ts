import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";
import { page } from "./list-queues.ts";

export const listDeadLetterSourceQueues =
  ({ queues, open, urlOf }: Sqs): Operation =>
  (input, call) => {
    const queue = open(input, call, "ListDeadLetterSourceQueues");
    const sources = queues.sourcesOf(queue).map(({ name }) => name);
    const { names, token } = page(sources, input);
    return { queueUrls: names.map((name) => urlOf(name, call)), ...token };
  };
