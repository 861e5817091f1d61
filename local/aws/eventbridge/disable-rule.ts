import { type BusAction, openRule } from "./context.ts";

export const disableRule: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "DisableRule");
  context.rules.save({ ...context.rules.get(bus, name), enabled: false });
  return {};
};
