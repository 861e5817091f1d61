/** Repeats a piece of work, never two at a time; the answer stops it and waits for the one under way. */
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
