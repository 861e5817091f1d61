import type { BatchOperation, Done, Item, Store, SubStore, Table } from "./dynalite.ts";
import type { Streams } from "./streams.ts";
import { indexKey, itemKey, type Tables } from "./tables.ts";
import { expiryOperations } from "./time-to-live.ts";

export type Written = { table: string; key: string; old: Item | undefined; new: Item | undefined };

/**
 * The store as dynalite's write actions see it. They read the old item under its lock, write the
 * indexes one by one, and the item last; here those writes are collected, and the last one makes one
 * atomic batch of item, indexes, stream record and expiry. `seen` is the item as it was, for
 * `ReturnValuesOnConditionCheckFailure`.
 */
export const makeWriteView = (
  store: Store,
  tables: Tables,
  finish: (written: Written, indexes: BatchOperation[]) => Promise<void>,
  locked = false,
) => {
  const indexes: BatchOperation[] = [];
  const view: { store: Store; seen: Item | undefined } = { store, seen: undefined };

  const settle = (work: Promise<void>, done: Done<void>) => {
    work.then(
      () => setImmediate(done, null),
      (error) => setImmediate(done, error),
    );
  };

  const itemDb = (name: string): SubStore => {
    const real = store.getItemDb(name);
    return {
      // A transaction holds the locks of all its items already.
      lock: locked ? (_key, run) => run((done) => done) : real.lock,
      get: (key, done) =>
        real.get(key, (error, item) => {
          view.seen = item;
          done(error, item);
        }),
      put: (key, value, done) =>
        settle(finish({ table: name, key, old: view.seen, new: value }, indexes), done),
      del: (key, done) => settle(finish({ table: name, key, old: view.seen, new: undefined }, indexes), done),
    };
  };

  const indexDb = (type: string, table: string, index: string): SubStore => ({
    ...store.getIndexDb(type, table, index),
    put: (key, value, done) => {
      indexes.push({ type: "put", key: indexKey(type, table, index, key), value });
      done(null);
    },
    del: (key, done) => {
      indexes.push({ type: "del", key: indexKey(type, table, index, key) });
      done(null);
    },
  });

  const getTable = (name: string, checkStatus: boolean | Done<Table>, done?: Done<Table>) => {
    const answer = typeof checkStatus === "function" ? checkStatus : done;
    const remembered = tables.known.get(name);
    if (remembered) answer?.(null, remembered);
    else store.getTable(name, checkStatus, done);
  };

  view.store = { ...store, getItemDb: itemDb, getIndexDb: indexDb, getTable };
  return view;
};

/** All of LevelDB's operations for one written item, as one batch. */
export const operationsOf = (
  { table, key, old, new: item }: Written,
  indexes: BatchOperation[],
  description: Table,
  tables: Tables,
  streams: Streams,
  byTimeToLive: boolean,
): { operations: BatchOperation[]; landed: () => void } => {
  const { operations, landed } = streams.record({ table: description, old, new: item, byTimeToLive });
  const stored = itemKey(table, key);
  return {
    operations: [
      item ? { type: "put", key: stored, value: item } : { type: "del", key: stored },
      ...indexes,
      ...expiryOperations(table, key, item, tables.extras(table).timeToLive),
      ...operations,
    ],
    landed,
  };
};
