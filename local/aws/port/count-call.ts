import { AwsError } from "./errors.ts";
import type { Gate } from "./gate.ts";
import { OPERATOR } from "./permissions.ts";
import type { Call, Service } from "./service.ts";

/** Runs a call of a known action, and counts it whatever becomes of it. */
export const countCall = async <T>(
  { calls }: Pick<Gate, "calls">,
  { name: service, throttling }: Pick<Service, "name" | "throttling">,
  action: string,
  call: Call,
  run: () => Promise<T>,
  isFailure: (answer: T) => boolean = () => false,
): Promise<T> => {
  let failed = true;
  let throttled = false;
  try {
    const answer = await run();
    failed = isFailure(answer);
    return answer;
  } catch (error) {
    throttled = error instanceof AwsError && error.code === throttling.code;
    throw error;
  } finally {
    calls.count({
      function: call.accessKeyId === OPERATOR ? "operator" : call.accessKeyId,
      service,
      action,
      failed,
      throttled,
      readUnits: call.units.read,
      writeUnits: call.units.write,
    });
  }
};
