import { optionalText } from "../port/input.ts";
import { type BusAction, page, shownBus } from "./context.ts";

export const listEventBuses: BusAction = (context) => (input, call) => {
  call.authorize("events:ListEventBuses", "*");
  const prefix = optionalText(input, "NamePrefix") ?? "";
  const found = context.rules.buses().filter((name) => name.startsWith(prefix));
  const { items, ...next } = page(found, (name) => name, input);
  return { EventBuses: items.map((name) => shownBus(context, name)), ...next };
};
