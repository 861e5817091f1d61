import { type BusAction, openRule } from "./context.ts";

/** Deleting a rule that does not exist succeeds. */
export const deleteRule: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "DeleteRule");
  context.rules.remove(bus, name);
  return {};
};
