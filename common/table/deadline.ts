import type { Table } from "./table.ts";

/** Thrown by a table that is read after its deadline. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

type Reads = Pick<Table, "get" | "getMany" | "queryPage">;

/**
 * The reads of a table until a deadline (Unix milliseconds); after it each throws `OutOfTime`. Work on the
 * table so ends within one call of the deadline, and nothing of it goes on after the request was answered.
 */
export const readUntil = (store: Reads, until: number, now: () => number = Date.now): Reads => {
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
