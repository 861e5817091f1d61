import type { Operation } from "../port/service.ts";
import type { Sqs } from "./context.ts";

export const deleteQueue =
  ({ queues, open }: Sqs): Operation =>
  (input, call) => {
    queues.remove(open(input, call, "DeleteQueue"));
    return {};
  };
