/** The platform's clock: the machine's, until it is moved. Times are Unix milliseconds. */
export type Clock = {
  now(): number;
  /** Its one number is how many milliseconds the clock is ahead of the machine's; functions' threads read it too. */
  ahead: Float64Array<SharedArrayBuffer>;
  /** Goes on from this time. All listeners have been called when this returns. */
  moveTo(time: number): void;
  /** Calls the listener with the milliseconds of every move, until the function that this returns is called. */
  onMove(listener: (byMs: number) => void): () => void;
};

export const makeClock = (machine: () => number = Date.now): Clock => {
  const ahead = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  const listeners = new Set<(byMs: number) => void>();
  const now = (): number => machine() + (ahead[0] ?? 0);
  return {
    now,
    ahead,
    moveTo: (time) => {
      const byMs = Math.round(time) - now();
      ahead[0] = (ahead[0] ?? 0) + byMs;
      for (const listener of [...listeners]) listener(byMs);
    },
    onMove: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** HTTP's `Date` of an answer; undefined while Node's own, which is the machine's, is right. */
export const movedDate = ({ now, ahead }: Clock): string | undefined =>
  ahead[0] === 0 ? undefined : new Date(now()).toUTCString();
