import { nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, text } from "../port/input.ts";
import type { Call } from "../port/service.ts";
import type { QueueSet } from "./queues.ts";

/** What every action of SQS works with. */
export type Sqs = {
  queues: QueueSet;
  now: () => number;
  /** The name of the queue that a request means, once the caller may use it and it is there. */
  open(input: Input, call: Call, action: string): string;
  urlOf(name: string, call: Call): string;
};

export const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

export const sqsContext = (queues: QueueSet, now: () => number): Sqs => ({
  queues,
  now,
  /**
   * The permission is checked first, as in AWS, so that a caller without it does not learn which queues exist.
   */
  open: (input, call, action) => {
    const name = nameInArn(text(input, "QueueUrl"));
    call.authorize(`sqs:${action}`, queues.arnOf(name));
    queues.get(name);
    return name;
  },
  urlOf: (name, call) => `${call.origin}/${queues.arnOf(name).split(":")[4]}/${name}`,
});
