import { type BusAction, openRule, page } from "./context.ts";

export const listTargetsByRule: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "ListTargetsByRule", "Rule");
  const targets = [...context.rules.get(bus, name).targets.values()];
  const { items, ...next } = page(targets, ({ Id }) => Id, input);
  return { Targets: items, ...next };
};
