import { AppError } from "#common/errors/app-error.ts";
import type { BusEntry } from "../plan/envelopes.ts";

/** Puts up to ten entries on the bus in one call; answers for each of them why it was refused, if it was. */
export type PutEntries = (
  entries: readonly BusEntry[],
) => Promise<readonly ({ code: string; retry: boolean } | undefined)[]>;

export type PublisherDeps = {
  put: PutEntries;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
};

const ENTRIES_MAX = 10;
/** EventBridge takes less than 1 MB a call. */
const BYTES_MAX = 999_000;
const TRIES_MAX = 4;
const PAUSE_FIRST_MS = 100;

type Waiting = {
  entry: BusEntry;
  bytes: number;
  tries: number;
  done: () => void;
  failed: (error: unknown) => void;
};

const bytesOf = ({ source, detailType, detail }: BusEntry): number =>
  Buffer.byteLength(source) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);

/**
 * Has users that are streamed side by side share calls to the bus. Each user waits for an entry before giving the
 * next, so that no call holds two of a user. A call goes out when it is full, or when no
 * other call is under way and each user waits.
 */
export const makePublisher = ({ put, sleep, random }: PublisherDeps) => {
  let waiting: Waiting[] = [];
  let bytes = 0;
  /** Users that are worked on, and of these the ones that wait for the bus. */
  let users = 0;
  let blocked = 0;
  let underWay = 0;
  let isLooking = false;

  const settle = (one: Waiting, refusal: { code: string; retry: boolean } | undefined): void => {
    if (!refusal) {
      blocked -= 1;
      one.done();
      return;
    }
    if (!refusal.retry || one.tries === TRIES_MAX) {
      blocked -= 1;
      one.failed(
        new AppError("DEPENDENCY_FAILED", { internal: `the bus refused an envelope: ${refusal.code}` }),
      );
      return;
    }
    // Full jitter: those that were refused together do not come back together.
    sleep(random() * PAUSE_FIRST_MS * 2 ** one.tries).then(() => add(one), one.failed);
  };

  const flush = (): void => {
    const entries = waiting;
    waiting = [];
    bytes = 0;
    if (entries.length === 0) return;
    for (const one of entries) one.tries += 1;
    underWay += 1;
    put(entries.map(({ entry }) => entry))
      .then(
        (refusals) => {
          for (const [index, one] of entries.entries()) settle(one, refusals[index]);
        },
        (error: unknown) => {
          const code = error instanceof Error ? error.name : "Unknown";
          for (const one of entries) settle(one, { code, retry: true });
        },
      )
      .finally(() => {
        underWay -= 1;
        flushWhenIdle();
      });
  };

  /** Looks once all that can go on by itself has gone on: users of a call that returned give their next entries. */
  const flushWhenIdle = (): void => {
    if (isLooking) return;
    isLooking = true;
    setImmediate(() => {
      isLooking = false;
      if (underWay === 0 && blocked >= users) flush();
    });
  };

  const add = (one: Waiting): void => {
    if (bytes + one.bytes > BYTES_MAX) flush();
    waiting.push(one);
    bytes += one.bytes;
    if (waiting.length === ENTRIES_MAX) flush();
    else flushWhenIdle();
  };

  return {
    /** When it returns, the bus has the entry; throws `DEPENDENCY_FAILED` after four tries. */
    publish: (entry: BusEntry): Promise<void> =>
      new Promise((done, failed) => {
        blocked += 1;
        add({ entry, bytes: bytesOf(entry), tries: 0, done, failed });
      }),

    /** Waits for something that others give, and that may depend on their entries going out. */
    aside: async <T>(wait: Promise<T>): Promise<T> => {
      blocked += 1;
      flushWhenIdle();
      try {
        return await wait;
      } finally {
        blocked -= 1;
      }
    },

    /** Runs the work of one user, during which others need not wait for its entries in vain. */
    during: async <T>(work: () => Promise<T>): Promise<T> => {
      users += 1;
      try {
        return await work();
      } finally {
        users -= 1;
        flushWhenIdle();
      }
    },
  };
};

export type Publisher = ReturnType<typeof makePublisher>;
