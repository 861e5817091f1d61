import { text } from "../port/input.ts";
import type { BusAction } from "./context.ts";
import { invalid } from "./errors.ts";

/** Deleting a bus that does not exist succeeds. */
export const deleteEventBus: BusAction =
  ({ rules }) =>
  (input, call) => {
    const name = text(input, "Name");
    call.authorize("events:DeleteEventBus", rules.arnOfBus(name));
    if (name === "default") throw invalid("Cannot delete event bus default.");
    rules.removeBus(name);
    return {};
  };
