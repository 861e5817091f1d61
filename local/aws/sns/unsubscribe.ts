import { openSubscription, type SnsAction } from "./context.ts";

/** Removing a subscription that does not exist succeeds. */
export const unsubscribe: SnsAction =
  ({ topics }) =>
  (input, call) => {
    topics.unsubscribe(openSubscription(input, call, "Unsubscribe"));
    return {};
  };
