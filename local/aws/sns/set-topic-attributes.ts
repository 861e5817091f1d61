import { optionalText, text } from "../port/input.ts";
import { openTopic, type SnsAction } from "./context.ts";

export const setTopicAttributes: SnsAction = (context) => (input, call) => {
  const { topics } = context;
  const topic = topics.get(openTopic(context, input, call, "SetTopicAttributes"));
  const value = optionalText(input, "AttributeValue") ?? "";
  topics.save({ ...topic, attributes: { ...topic.attributes, [text(input, "AttributeName")]: value } });
  return {};
};
