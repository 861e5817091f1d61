import { page, type SnsAction, shownSubscription } from "./context.ts";

export const listSubscriptions: SnsAction = (context) => (input, call) => {
  const { topics } = context;
  call.authorize("sns:ListSubscriptions", topics.arnOf("*"));
  const { items, ...next } = page(topics.subscriptions(), ({ arn }) => arn, input);
  return { Subscriptions: items.map((one) => shownSubscription(context, one)), ...next };
};
