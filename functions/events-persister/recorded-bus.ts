import { putEvents } from "#common/aws/eventbridge.ts";
import { AppError } from "#common/errors/app-error.ts";
import { noted } from "#common/telemetry/line.ts";
import type { AnnounceEventsDeps } from "./announce-events.ts";

/** Puts `event_recorded` on the platform's bus. */
export const recordedBus =
  (bus: string): AnnounceEventsDeps["publish"] =>
  async (recorded) => {
    // Of a batch that comes from several requests none is the one that recorded these.
    const { transactionId } = noted();
    const refused = await putEvents(
      bus,
      recorded.map((detail) => ({
        source: "millrace.events",
        detailType: "event_recorded",
        detail: JSON.stringify(transactionId === undefined ? detail : { ...detail, transactionId }),
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
