/** Resolves after so many milliseconds. Node's own, of `node:timers/promises`, is a module more to load at a cold start. */
export const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
