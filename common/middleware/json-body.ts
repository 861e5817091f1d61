import { type FaultList, faultsIn } from "#common/errors/fault.ts";
import { mediaTypeOf } from "#common/http/body-types.ts";
import { parseJson } from "#common/json/json.ts";
import { type HttpEvent, type HttpRoute, headerOf } from "./http-event.ts";

/**
 * The body's value, if the route takes one; its faults join the others. The build leaves this file out of
 * functions whose contract has no body.
 */
export const bodyOf = (event: HttpEvent, { contract, readBody }: HttpRoute, faults: FaultList): unknown => {
  if (!contract.body) return undefined;
  const { rawBody: text, caller } = event.exchange.request;
  const read = readBody
    ? readBody(text, caller, faults.faults, mediaTypeOf(headerOf(event, "content-type")))
    : parseJson(text, faults.faults);
  const more = readBody ? [] : contract.body.faults(read.value);
  faults.add(...faultsIn("body", read.faults), ...faultsIn("body", more));
  return read.value;
};
