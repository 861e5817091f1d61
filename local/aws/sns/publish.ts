import { openTopic, type SnsAction } from "./context.ts";
import { bytesMaxOf, readPublication } from "./publication.ts";

export const publish: SnsAction = (context) => async (input, call) => {
  const topic = openTopic(context, input, call, "Publish");
  const { topics, now } = context;
  const publication = readPublication(
    { topicArn: topics.arnOf(topic), bytesMax: bytesMaxOf(topics.get(topic)), now: now() },
    input,
  );
  await context.publish(topic, publication);
  return { MessageId: publication.messageId };
};
