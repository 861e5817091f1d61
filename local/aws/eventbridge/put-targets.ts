import { records } from "../port/input.ts";
import { type BusAction, openRule } from "./context.ts";
import { readTarget } from "./target.ts";

export const putTargets: BusAction = (context) => (input, call) => {
  const { bus, name } = openRule(context, input, call, "PutTargets", "Rule");
  const targets = records(input, "Targets").map((target, index) => readTarget(target, index + 1));
  context.rules.putTargets(bus, name, targets);
  return { FailedEntryCount: 0, FailedEntries: [] };
};
