import { XmlMap } from "../port/protocol.ts";
import { openSubscription, type SnsAction, shownSubscription } from "./context.ts";

export const getSubscriptionAttributes: SnsAction = (context) => (input, call) => {
  const subscription = context.topics.subscription(
    openSubscription(input, call, "GetSubscriptionAttributes"),
  );
  const given = Object.entries(subscription.attributes).filter(
    ([name, value]) => value !== "" && name !== "FilterPolicyScope",
  );
  return {
    Attributes: new XmlMap({
      ...Object.fromEntries(given),
      ...shownSubscription(context, subscription),
      ...(subscription.filter === undefined ? {} : { FilterPolicyScope: subscription.scope }),
      ConfirmationWasAuthenticated: "true",
      PendingConfirmation: "false",
      RawMessageDelivery: String(subscription.raw),
    }),
  };
};
