import { AwsError } from "../port/errors.ts";
import { text } from "../port/input.ts";
import type { BusAction } from "./context.ts";

export const createEventBus: BusAction =
  ({ rules }) =>
  (input, call) => {
    const name = text(input, "Name");
    call.authorize("events:CreateEventBus", rules.arnOfBus(name));
    if (rules.hasBus(name)) {
      throw new AwsError("ResourceAlreadyExistsException", `Event bus ${name} already exists.`);
    }
    rules.addBus(name);
    return { EventBusArn: rules.arnOfBus(name) };
  };
