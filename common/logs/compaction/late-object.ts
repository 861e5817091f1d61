import { type DayStates, type LogDay, noteLateObject } from "./day.ts";

/**
 * Puts an object into the raw folder of a day that may be compacted or be just being so. `put` puts it
 * under a name that was never used: a sweep removes by name, and what was swept must not come back.
 * Acknowledge what is in it only after this; done twice, readers fold the messages by their ids.
 */
export const addLateObject = async (
  states: Pick<DayStates, "change">,
  day: LogDay,
  put: () => Promise<void>,
): Promise<void> => {
  await put();
  await states.change(day, noteLateObject);
};
