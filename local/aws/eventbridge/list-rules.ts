import { optionalText } from "../port/input.ts";
import { type BusAction, busOf, existingBus, page, shownRule } from "./context.ts";

export const listRules: BusAction = (context) => (input, call) => {
  const bus = busOf(input);
  call.authorize("events:ListRules", context.rules.arnOf(bus, "*"));
  const prefix = optionalText(input, "NamePrefix") ?? "";
  const found = context.rules.rules(existingBus(context, bus)).filter(({ name }) => name.startsWith(prefix));
  const { items, ...next } = page(found, ({ name }) => name, input);
  return { Rules: items.map((rule) => shownRule(context, rule)), ...next };
};
