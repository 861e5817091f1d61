import { within } from "./within.ts";

/** A message on its way out. */
export type OutgoingMessage = {
  id: string;
  organizationID: string;
  /** As JSON text. */
  body: string;
  /** Of the body in UTF-8. */
  bytes: number;
  /** How many events it holds. */
  events: number;
};

/** A message that was not taken; `retry` says whether it may be taken later. */
export type RefusedMessage = { message: OutgoingMessage; retry: boolean; reason: string };

/**
 * Hands messages over to what carries them; answers those that it did not take. A throw means that it took none,
 * and that they may be sent again.
 */
export type Publish = (
  messages: readonly OutgoingMessage[],
) => Promise<readonly RefusedMessage[] | undefined | undefined>;

export type OutboxDeps = {
  publish: Publish;
  onError: (error: unknown) => void;
  /** Gets a message that is not held any longer, because it was published, or can never be. */
  onDone: (message: OutgoingMessage, published: boolean) => void;
};

/** What one call takes: SNS's limits, with room for attributes. */
const COUNT_MAX = 10;
const BYTES_MAX = 250_000;
/** A call that takes longer is taken for lost; what it carried is sent again under the same ids. */
const CALL_MAX_MS = 30_000;
const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 30_000;

/** Messages that wait to be published, in order, and are sent again until they are taken. */
export const makeOutbox = ({ publish, onError, onDone }: OutboxDeps) => {
  const waiting: OutgoingMessage[] = [];
  let sending = false;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;
  const whenEmpty: (() => void)[] = [];

  const send = async (batch: readonly OutgoingMessage[]): Promise<OutgoingMessage[]> => {
    try {
      const refused = await within(CALL_MAX_MS, Promise.resolve(publish(batch)));
      return batch.filter((message) => {
        const no = refused?.find((one) => one.message === message);
        if (no) onError(Error(no.reason));
        if (!no?.retry) onDone(message, !no);
        return no?.retry;
      });
    } catch (error) {
      onError(error);
      return [...batch];
    }
  };

  const pump = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    while (waiting.length > 0 && !pause) {
      let bytes = 0;
      const batch = waiting.slice(0, COUNT_MAX).filter((message, at) => {
        bytes += message.bytes;
        return at === 0 || bytes <= BYTES_MAX;
      });
      const again = await send(batch);
      waiting.splice(0, batch.length, ...again);
      failures = again.length > 0 ? failures + 1 : 0;
      if (failures > 0) {
        // By chance: senders that failed together do not come back together.
        const ms = Math.random() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** failures);
        pause = setTimeout(resume, ms).unref();
      }
    }
    sending = false;
    if (waiting.length === 0) for (const done of whenEmpty.splice(0)) done();
  };

  const resume = (): void => {
    clearTimeout(pause);
    pause = undefined;
    void pump();
  };

  return {
    /** Messages that wait or are being sent. */
    waiting,

    put: (message: OutgoingMessage): void => {
      waiting.push(message);
      void pump();
    },

    /** Sends at once what waits for its next try; resolves when nothing waits any longer. */
    empty: (): Promise<void> =>
      new Promise((done) => {
        whenEmpty.push(done);
        resume();
      }),
  };
};
