import { text, textMap } from "../port/input.ts";
import type { SnsAction } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const NAME = /^[A-Za-z0-9_-]{1,256}$/;

export const createTopic: SnsAction =
  ({ topics }) =>
  (input, call) => {
    const name = text(input, "Name");
    if (!NAME.test(name)) throw invalidParameter("Topic Name");
    call.authorize("sns:CreateTopic", topics.arnOf(name));
    topics.create(name, textMap(input, "Attributes"));
    return { TopicArn: topics.arnOf(name) };
  };
