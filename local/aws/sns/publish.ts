import { openTopic, type SnsAction } from "./context.ts";
import { readPublication } from "./publication.ts";

export const publish: SnsAction = (context) => async (input, call) => {
  const topic = openTopic(context, input, call, "Publish");
  const publication = readPublication(context.topics.arnOf(topic), input, context.now());
  await context.publish(topic, publication);
  return { MessageId: publication.messageId };
};
