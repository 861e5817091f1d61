/** Runs work on a key one at a time, so that conditions hold and changes are notified in their order. */
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
