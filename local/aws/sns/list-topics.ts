import { page, type SnsAction } from "./context.ts";

export const listTopics: SnsAction =
  ({ topics }) =>
  (input, call) => {
    call.authorize("sns:ListTopics", topics.arnOf("*"));
    const { items, ...next } = page(topics.all(), ({ name }) => name, input);
    return { Topics: items.map(({ name }) => ({ TopicArn: topics.arnOf(name) })), ...next };
  };
