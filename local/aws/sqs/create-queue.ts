import { AwsError } from "../port/errors.ts";
import { type Input, text, textMap } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { invalid, type Sqs } from "./context.ts";
import { checkAttributes } from "./queue-attributes.ts";

const NAME = /^[A-Za-z0-9_-]{1,80}$/;

/** The JSON protocol says `tags`, the query protocol's form `Tag`. */
const tagsOf = (input: Input) => ({ ...textMap(input, "Tags"), ...textMap(input, "tags") });

const withoutEmpty = (attributes: Record<string, string>) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));

export const createQueue =
  ({ queues, urlOf }: Sqs): Operation =>
  (input, call) => {
    const name = text(input, "QueueName");
    if (!NAME.test(name)) {
      throw invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
    }
    call.authorize("sqs:CreateQueue", queues.arnOf(name));
    const attributes = checkAttributes(queues, textMap(input, "Attributes"));
    if (!queues.has(name)) {
      queues.create(name, withoutEmpty(attributes), { tags: tagsOf(input) });
      return { QueueUrl: urlOf(name, call) };
    }
    const queue = queues.get(name);
    const differs = Object.keys(attributes).find((key) => attributes[key] !== queues.setting(queue, key));
    if (differs) {
      throw new AwsError(
        "QueueNameExists",
        `A queue already exists with the same name and a different value for attribute ${differs}`,
        { queryCode: "QueueAlreadyExists" },
      );
    }
    return { QueueUrl: urlOf(name, call) };
  };
