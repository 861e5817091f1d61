import { type BusAction, busOf, existingBus, shownBus } from "./context.ts";

export const describeEventBus: BusAction = (context) => (input, call) => {
  const name = busOf(input, "Name");
  call.authorize("events:DescribeEventBus", context.rules.arnOfBus(name));
  return shownBus(context, existingBus(context, name));
};
