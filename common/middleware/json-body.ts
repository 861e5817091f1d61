import type { Member } from "#common/auth/caller.ts";
import { type FaultList, faultsIn } from "#common/errors/fault.ts";
import { parseJson } from "#common/json/json.ts";
import type { HttpRoute } from "./http-event.ts";

/**
 * The body's value, if the route takes one; its faults join the others. The build leaves this file out of
 * functions whose contract has no body.
 */
export const bodyOf = (
  text: string,
  { contract, readBody }: HttpRoute,
  caller: Member,
  faults: FaultList,
): unknown => {
  if (!contract.body) return undefined;
  const read = readBody ? readBody(text, caller, faults.faults) : parseJson(text, faults.faults);
  const more = readBody ? [] : contract.body.faults(read.value);
  faults.add(...faultsIn("body", read.faults), ...faultsIn("body", more));
  return read.value;
};
