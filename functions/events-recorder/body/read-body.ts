import { FaultList } from "#common/errors/fault.ts";
import { equalNameFaults } from "#common/json/equal-names.ts";
import { numberFaults } from "#common/json/exact-numbers.ts";
import { parseJson } from "#common/json/json.ts";
import type { ReadBody } from "#common/middleware/validation.ts";
import type { Clock } from "#common/time/clock.ts";
import type { Validator } from "#common/validation/validator.ts";
import { accepts, isPlain } from "./accepts.ts";
import { ruleFaults } from "./event-rules.ts";
import type { PostedEvents } from "./posted-event.ts";

export type ReadBodyDeps = { schema: Validator<PostedEvents>; now?: Clock };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The body of `POST /events`: quick with a good one; every fault of a bad one, each under its index. */
export const makeReadBody =
  ({ schema, now = Date.now }: ReadBodyDeps): ReadBody =>
  (text, { organizationId }, beside) => {
    const posting = { organizationId, nowMs: now() };
    const body = parsed(text);
    if (accepts(body, isPlain(text), posting)) {
      return { value: body, faults: [...equalNameFaults(text, body), ...numberFaults(text)] };
    }
    const { value, faults } = parseJson(text, beside);
    const schemaFaults = schema.faults(value);
    const places = new Set(schemaFaults.map(({ path }) => path));
    const list = new FaultList().add(...faults, ...schemaFaults);
    // Reads by recursion what may be too deep for that.
    if (faults.length === 0) list.add(...numberFaults(text));
    for (const fault of ruleFaults(value, posting)) {
      // A date that the schema cannot read is no real time either, and needs to be told only once.
      if (!(fault.path.endsWith("/date") && places.has(fault.path))) list.add(fault);
    }
    return { value, faults: list.faults };
  };
