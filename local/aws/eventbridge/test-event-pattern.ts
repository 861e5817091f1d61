import { isRecord, text } from "../port/input.ts";
import type { BusAction } from "./context.ts";
import { invalid } from "./errors.ts";
import { readPattern } from "./event-pattern.ts";

const readEvent = (json: string): Record<string, unknown> => {
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch {
    throw invalid("Parameter Event is not valid.");
  }
  if (!isRecord(event)) throw invalid("Parameter Event is not valid.");
  return event;
};

export const testEventPattern: BusAction = () => (input, call) => {
  call.authorize("events:TestEventPattern", "*");
  const event = readEvent(text(input, "Event"));
  const matchesEvent = readPattern(text(input, "EventPattern"));
  return { Result: matchesEvent(event) };
};
