import { StartError } from "../port/errors.ts";
import { createStore, type Store } from "./dynalite.ts";
import { indexKey, itemKey, type Tables, under } from "./tables.ts";
import { readByChunk } from "./value-stream.ts";

export const openLevel = async (folder: string, region: string): Promise<Store> => {
  const store = createStore(folder, region);
  try {
    await store.db.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      /lock/i.test(reason)
        ? "The local tables are in use by another platform on the same data; stop it first."
        : `The local tables are damaged (${reason.replace(folder, "tables")}); \`npm start -- --fresh\` starts empty.`,
      { cause: error },
    );
  }
  return store;
};

/** For reads: values are read in chunks, and a table's description comes from memory. */
export const readingStore = (store: Store, tables: Tables): Store => ({
  ...store,
  getItemDb: (name) => readByChunk(store.db, itemKey(name, ""), store.getItemDb(name)),
  getIndexDb: (type, name, index) =>
    readByChunk(store.db, indexKey(type, name, index, ""), store.getIndexDb(type, name, index)),
  getTable: (name, checkStatus, done) => {
    const answer = typeof checkStatus === "function" ? checkStatus : done;
    const remembered = tables.known.get(name);
    if (remembered) answer?.(null, remembered);
    else store.getTable(name, checkStatus, done);
  },
});

/**
 * For changes of tables: deletes by range, because dynalite walks every key of every table to find what to
 * delete.
 */
export const administeringStore = (store: Store): Store => {
  const clear = (prefix: string, done: (error: unknown) => void) =>
    void store.db.clear(under(prefix)).then(() => done(null), done);
  return Object.assign(
    { ...store },
    {
      deleteTagDb: (name: string, done: (error: unknown) => void) => clear(`tag-${name}~`, done),
      deleteItemDb: (name: string, done: (error: unknown) => void) => clear(`item-${name}~`, done),
      deleteIndexDb: (type: string, name: string, index: string, done: (error: unknown) => void) =>
        clear(`index-${type.toLowerCase()}~${name}~${index}~`, done),
    },
  );
};
