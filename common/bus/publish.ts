import { putEvents } from "#common/aws/eventbridge.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { Envelope, EventName } from "./envelope.ts";

/**
 * Puts events on the platform's bus; throws `DEPENDENCY_FAILED` unless the bus has all of them, and may
 * then be called again with the same: a repeated event has the same `id`.
 */
export const publishEvents = async (
  bus: string,
  { service, name }: EventName,
  details: readonly Envelope[],
): Promise<void> => {
  const refused = await putEvents(
    bus,
    details.map((detail) => ({
      source: `millrace.${service}`,
      detailType: name,
      detail: JSON.stringify(detail),
      time: new Date(detail.time),
    })),
  );
  const [first] = refused;
  if (first) {
    throw new AppError("DEPENDENCY_FAILED", {
      internal: `the bus refused ${refused.length} events, the first with ${first.code}: ${first.reason}`,
    });
  }
};
