import { texts } from "../port/input.ts";
import { type BusAction, openRule } from "./context.ts";

export const removeTargets: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "RemoveTargets", "Rule");
  for (const id of texts(input, "Ids")) context.rules.removeTarget(bus, name, id);
  return { FailedEntryCount: 0, FailedEntries: [] };
};
