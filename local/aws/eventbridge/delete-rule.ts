import { type BusAction, openRule } from "./context.ts";

/** What is not there is deleted already. */
export const deleteRule: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "DeleteRule");
  context.rules.remove(bus, name);
  return {};
};
