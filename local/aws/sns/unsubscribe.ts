import { openSubscription, type SnsAction } from "./context.ts";

/** What is not there is unsubscribed already. */
export const unsubscribe: SnsAction =
  ({ topics }) =>
  (input, call) => {
    topics.unsubscribe(openSubscription(input, call, "Unsubscribe"));
    return {};
  };
