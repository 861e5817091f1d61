import { FaultList } from "#common/errors/fault.ts";
import { numberFaults } from "#common/json/exact-numbers.ts";
import { parseJson } from "#common/json/json.ts";
import type { ReadBody } from "#common/middleware/validation.ts";
import type { Clock } from "#common/time/clock.ts";
import type { Validator } from "#common/validation/validator.ts";
import { ruleFaults } from "./event-rules.ts";
import type { PostedEvents } from "./posted-event.ts";

export type ReadBodyDeps = { schema: Validator<PostedEvents>; now?: Clock };

/** The body of `POST /events`, and every fault of it, each under its event's index. */
export const makeReadBody =
  ({ schema, now = Date.now }: ReadBodyDeps): ReadBody =>
  (text, { organizationId }, beside) => {
    const posting = { organizationId, nowMs: now() };
    const { value, faults } = parseJson(text, beside);
    const schemaFaults = schema.faults(value);
    const places = new Set(schemaFaults.map(({ path }) => path));
    const list = new FaultList().add(...faults, ...schemaFaults);
    // The search for inexact numbers recurses, and what has faults already may be too deep for that.
    if (faults.length === 0) list.add(...numberFaults(text));
    for (const fault of ruleFaults(value, posting)) {
      // A date that the schema refuses is no real time either: one fault says so.
      if (!(fault.path.endsWith("/date") && places.has(fault.path))) list.add(fault);
    }
    return { value, faults: list.faults };
  };
