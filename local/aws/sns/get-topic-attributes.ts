import { XmlMap } from "../port/protocol.ts";
import { openTopic, type SnsAction } from "./context.ts";

export const getTopicAttributes: SnsAction = (context) => (input, call) => {
  const { topics, arns } = context;
  const name = openTopic(context, input, call, "GetTopicAttributes");
  return {
    Attributes: new XmlMap({
      DisplayName: "",
      ...topics.get(name).attributes,
      TopicArn: topics.arnOf(name),
      Owner: arns.account,
      SubscriptionsConfirmed: String(topics.subscriptions(name).length),
      SubscriptionsPending: "0",
      SubscriptionsDeleted: "0",
    }),
  };
};
