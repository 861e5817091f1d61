import { type BusAction, openRule } from "./context.ts";

export const enableRule: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "EnableRule");
  context.rules.save({ ...context.rules.get(bus, name), enabled: true });
  return {};
};
