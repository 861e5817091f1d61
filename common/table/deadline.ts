import type { Table } from "./table.ts";

/** Thrown by a store whose time is up. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

type Reads = Pick<Table, "get" | "getMany" | "queryPage">;

/**
 * The store until a time (Unix milliseconds), and then `OutOfTime` for every read: work on it ends within
 * a call, however long it would look on without finding anything, and nothing of it goes on behind an answer.
 */
export const untilTime = (store: Reads, until: number, now: () => number = Date.now): Reads => {
  const inTime = <A extends unknown[], R>(read: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (now() > until) throw new OutOfTime("the time for this is up");
      return read(...args);
    };
  };
  return {
    get: inTime(store.get),
    getMany: inTime(store.getMany),
    queryPage: inTime(store.queryPage),
  };
};
