import { inParallel } from "#common/async/in-parallel.ts";
import { wait } from "#common/async/wait.ts";
import { isCallersFault } from "#common/errors/dependency.ts";
import { type LogFields, log, loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";

/** An entry that AWS refused inside an answer that was otherwise a success. */
export type Refused<T> = {
  item: T;
  code: string;
  reason: string;
  /** Whether the same entry can be taken later: throttling and internal errors, not malformed entries. */
  retry: boolean;
};

export type BatchOptions<T> = {
  /** Most entries of one call. */
  countMax: number;
  /** Most bytes of one call, and how many an entry takes. */
  bytesMax?: number;
  bytesOf?: (item: T) => number;
  /** Makes one call; answers the entries that were refused. Throws when the whole call failed. */
  send: (items: T[]) => Promise<Refused<T>[]>;
  /** Calls for one entry at the most, the first included. */
  attemptsMax?: number;
  /** Calls under way at once. */
  parallelMax?: number;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
};

const BACKOFF_FIRST_MS = 25;
const BACKOFF_MAX_MS = 2_000;

/** Splits in order, each part within both limits; an entry that is too large by itself stands alone. */
export const split = <T>(
  items: readonly T[],
  {
    countMax,
    bytesMax = Number.POSITIVE_INFINITY,
    bytesOf = () => 0,
  }: Pick<BatchOptions<T>, "countMax" | "bytesMax" | "bytesOf">,
): T[][] => {
  const parts: T[][] = [];
  let part: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (part.length > 0 && (part.length === countMax || bytes + size > bytesMax)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
};

/** Sends one part until nothing retryable is left or the attempts are used up. */
const sendPart = async <T>(
  part: T[],
  { send, attemptsMax = 6, sleep = wait, random = Math.random }: BatchOptions<T>,
): Promise<Refused<T>[]> => {
  const given: Refused<T>[] = [];
  let pending = part;
  for (let attempt = 1; ; attempt += 1) {
    const refused = await send(pending).catch((error: unknown): Refused<T>[] => {
      // The SDK has retried the call itself; entries of a dead call are as if refused one by one.
      const { name: code, message: reason } = loggable(error);
      return pending.map((item) => ({ item, code, reason, retry: !isCallersFault(error) }));
    });
    given.push(...refused.filter(({ retry }) => !retry));
    const again = refused.filter(({ retry }) => retry);
    if (again.length === 0) return given;
    if (attempt === attemptsMax) return [...given, ...again];
    count("BatchItemsRetried", again.length);
    const fields: LogFields = { items: again.length, attempts: attempt, reason: again[0]?.code ?? "" };
    log("debug", "batch entries refused", fields);
    // Full jitter: callers that were throttled together do not come back together.
    await sleep(random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt));
    pending = again.map(({ item }) => item);
  }
};

/**
 * The one way to make batch calls (SQS, SNS, Firehose, EventBridge, DynamoDB): splits to the service's
 * limits, sends parts side by side, and sends again with back-off what was refused inside a 200. What
 * is answered was never taken: the caller must keep it (return it to its queue, or to a dead-letter
 * queue). Safe to repeat only if the entries are.
 */
export const sendInBatches = async <T>(
  items: readonly T[],
  options: BatchOptions<T>,
): Promise<Refused<T>[]> => {
  const refused = await inParallel(split(items, options), options.parallelMax ?? 4, (part) =>
    sendPart(part, options),
  );
  return refused.flat();
};
