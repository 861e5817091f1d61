/** Lets so many a second pass, one after the other, evenly. */
export const makePacer = (
  perSecond: number,
  { now, sleep }: { now: () => number; sleep: (ms: number) => Promise<void> },
) => {
  let next = 0;
  return async (): Promise<void> => {
    const at = Math.max(now(), next);
    next = at + 1_000 / perSecond;
    if (at > now()) await sleep(at - now());
  };
};
