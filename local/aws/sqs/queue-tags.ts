import { textMap, texts } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { invalid, type Sqs } from "./context.ts";

const TAGS_MAX = 50;

export const tagQueue =
  ({ queues, open }: Sqs): Operation =>
  (input, call) => {
    const name = open(input, call, "TagQueue");
    const tags = { ...queues.get(name).tags, ...textMap(input, "Tags") };
    if (Object.keys(tags).length > TAGS_MAX) throw invalid(`Too many tags added for queue ${name}.`);
    queues.tag(name, tags);
    return {};
  };

export const untagQueue =
  ({ queues, open }: Sqs): Operation =>
  (input, call) => {
    const name = open(input, call, "UntagQueue");
    const gone = new Set(texts(input, "TagKeys"));
    queues.tag(
      name,
      Object.fromEntries(Object.entries(queues.get(name).tags).filter(([key]) => !gone.has(key))),
    );
    return {};
  };

export const listQueueTags =
  ({ queues, open }: Sqs): Operation =>
  (input, call) => {
    const { tags } = queues.get(open(input, call, "ListQueueTags"));
    return Object.keys(tags).length === 0 ? {} : { Tags: tags };
  };
