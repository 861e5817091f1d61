import { type BusAction, openRule, shownRule } from "./context.ts";

export const describeRule: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "DescribeRule");
  return { ...shownRule(context, context.rules.get(bus, name)), CreatedBy: context.arns.account };
};
