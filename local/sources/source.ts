import type { Declarations } from "#common/manifest/manifest.ts";
import type { Deployment } from "#common/manifest/names.ts";
import type { Clock } from "../clock.ts";
import type { DeliveryStreams, Invoker, Queues, TableStreams } from "../seams.ts";
import type { Pace } from "./pace.ts";

/** What every event source works with. */
export type SourceOptions = {
  declarations: Declarations;
  deployment: Deployment;
  invoker: Invoker;
  queues: Queues;
  streams: TableStreams;
  deliveryStreams: DeliveryStreams;
  /** How many delivery streams there are of a declared name. */
  streamCountOf(stream: string): number;
  pace: Pace;
  /** For times that are written down or waited for; spans go by on the clock of the machine. */
  clock: Clock;
  /** Sandboxes of one function side by side, unless it reserves its own number. */
  concurrencyMax: number;
  /** Takes no more once aborted; what was taken is finished. */
  signal: AbortSignal;
  log(message: string, error: unknown): void;
};

/** How long a poll waits for its first message, as Lambda's do. */
export const POLL_MS = 20_000;

const AFTER_ERROR_MS = 200;

/** Repeats `turn` until it returns false or the signal aborts; an error is logged, and the turn repeated. */
export const repeat = async (
  { signal, log }: Pick<SourceOptions, "signal" | "log">,
  what: string,
  turn: () => Promise<boolean>,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      if (!(await turn())) return;
    } catch (error) {
      if (signal.aborted) return;
      log(`${what} failed`, error);
      await new Promise((next) => setTimeout(next, AFTER_ERROR_MS));
    }
  }
};

/** Waits, but not beyond the abort. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) return done();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
