import { putEvents } from "#common/aws/eventbridge.ts";
import { AppError } from "#common/errors/app-error.ts";
import { noted, notePublished } from "#common/telemetry/line.ts";
import type { Envelope, EventName } from "./envelope.ts";

/**
 * Puts events on the platform's bus; throws `DEPENDENCY_FAILED` unless the bus has all of them, and may
 * then be called again with the same: a repeated event has the same `id`. The detail has the transaction id of
 * what is being done, where one is known.
 */
export const publishEvents = async (
  bus: string,
  { service, name }: EventName,
  details: readonly Envelope[],
): Promise<void> => {
  // Of a batch that comes from several requests none is the one behind these.
  const { transactionId } = noted();
  const refused = await putEvents(
    bus,
    details.map((detail) => ({
      source: `millrace.${service}`,
      detailType: name,
      detail: JSON.stringify(transactionId === undefined ? detail : { transactionId, ...detail }),
      time: new Date(detail.time),
    })),
  );
  const [first] = refused;
  if (first) {
    throw new AppError("DEPENDENCY_FAILED", {
      internal: `the bus refused ${refused.length} events, the first with ${first.code}: ${first.reason}`,
    });
  }
  notePublished(
    details.map(({ id, organizationId, transactionId: own = transactionId }) => ({
      name,
      id,
      organizationId,
      ...(own === undefined ? {} : { transactionId: own }),
    })),
  );
};
