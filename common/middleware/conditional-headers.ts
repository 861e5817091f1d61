import type { FaultList } from "#common/errors/fault.ts";
import { type Preconditions, readPreconditions } from "#common/http/preconditions.ts";
import { type HttpEvent, type HttpRoute, listHeaderOf } from "./http-event.ts";

/**
 * What the conditional headers that the route takes ask for; their faults join the others. The build leaves
 * this file out of functions whose contract takes none.
 */
export const preconditionsOf = (
  event: HttpEvent,
  { contract }: HttpRoute,
  faults: FaultList,
): Preconditions => {
  if (!contract.preconditions) return {};
  const read = readPreconditions(contract.preconditions, (name) => listHeaderOf(event, name));
  faults.add(...read.faults);
  return read.preconditions;
};
