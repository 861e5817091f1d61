/** One at a time per key: conditions hold, and changes are told in the order in which they happened. */
export const keyLocks = () => {
  const last = new Map<string, Promise<void>>();
  return async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const before = last.get(name) ?? Promise.resolve();
    const mine = before.then(run);
    const settled = mine.then(
      () => {},
      () => {},
    );
    last.set(name, settled);
    try {
      return await mine;
    } finally {
      if (last.get(name) === settled) last.delete(name);
    }
  };
};
