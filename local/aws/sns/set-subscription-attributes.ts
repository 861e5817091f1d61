import { optionalText, text } from "../port/input.ts";
import { openSubscription, type SnsAction } from "./context.ts";

export const setSubscriptionAttributes: SnsAction =
  ({ topics }) =>
  (input, call) => {
    const arn = openSubscription(input, call, "SetSubscriptionAttributes");
    topics.setAttribute(arn, text(input, "AttributeName"), optionalText(input, "AttributeValue") ?? "");
    return {};
  };
