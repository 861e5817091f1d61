import { openTopic, page, type SnsAction, shownSubscription } from "./context.ts";

export const listSubscriptionsByTopic: SnsAction = (context) => (input, call) => {
  const topic = openTopic(context, input, call, "ListSubscriptionsByTopic");
  const { items, ...next } = page(context.topics.subscriptions(topic), ({ arn }) => arn, input);
  return { Subscriptions: items.map((one) => shownSubscription(context, one)), ...next };
};
