/** What the promise answers, unless it takes longer. */
export const within = <T>(ms: number, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(Error("late")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
