/**
 * Repeats a piece of work, one run at a time. Returns a function that stops it and waits for the run under way.
 */
export const everyNow = (ms: number, work: () => Promise<void>, failed: (error: unknown) => void) => {
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => {
    underWay ??= work()
      .catch(failed)
      .finally(() => {
        underWay = undefined;
      });
  }, ms).unref();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
};
