import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, type Output } from "../port/input.ts";
import type { Call } from "../port/service.ts";
import { consumedByMany, consumedByOne, spend, type Units, writeUnits } from "./capacity.ts";
import type { BatchOperation, Release, Table } from "./dynalite.ts";
import {
  checked,
  createKey,
  type Item,
  type OperationName,
  perform,
  type Store,
  toAwsError,
  validateItem,
  validateKey,
} from "./dynalite.ts";
import { checkIndexKeys, checkTableKey, checkUpdatedIndexKeys } from "./index-keys.ts";
import type { Streams } from "./streams.ts";
import type { Tables } from "./tables.ts";
import { checkNesting } from "./values.ts";
import { makeWriteView, operationsOf, type Written } from "./write-view.ts";

export type Engine = { store: Store; tables: Tables; streams: Streams };

export const tableNameOf = (data: Input): string => String(data.TableName);

/** Puts one written item into LevelDB. */
const land = async (engine: Engine, written: Written, indexes: BatchOperation[], byTimeToLive: boolean) => {
  const description = await engine.tables.get(written.table);
  const { operations, landed } = operationsOf(
    written,
    indexes,
    description,
    engine.tables,
    engine.streams,
    byTimeToLive,
  );
  await engine.store.db.batch(operations).finally(landed);
};

/** Checks the item that an update made, because dynalite checks the request alone. */
export const checkUpdated = (table: Table, { old, new: item }: Written): void => {
  checkNesting(item);
  if (item) checkUpdatedIndexKeys(table, old, item);
};

const write = async (
  engine: Engine,
  call: Call,
  name: OperationName,
  data: Input,
  showOld: boolean,
): Promise<{ output: Output; units: Units }> => {
  const table = await engine.tables.get(tableNameOf(data));
  let change: Written | undefined;
  const view = makeWriteView(engine.store, engine.tables, async (written, indexes) => {
    if (name === "UpdateItem") checkUpdated(table, written);
    change = written;
    await land(engine, written, indexes, false);
  });
  try {
    const output = await perform(name, data, view.store);
    const units = writeUnits(table, view.seen, change?.new);
    spend(call, "write", [units]);
    return { output, units };
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ConditionalCheckFailedException") throw error;
    // A refused write costs the table what the item that stands there is worth, and its indexes nothing.
    spend(call, "write", [writeUnits(table, view.seen, view.seen)]);
    if (!showOld || !view.seen) throw error;
    throw new AwsError(error.code, error.message, { fields: { Item: view.seen } });
  }
};

/** PutItem, UpdateItem and DeleteItem. */
export const writeItem = async (
  engine: Engine,
  call: Call,
  name: OperationName,
  input: Input,
): Promise<Output> => {
  const data = checked(name, input, engine.store);
  const table = await engine.tables.get(tableNameOf(data));
  checkTableKey(table, data.Item ?? data.Key);
  checkIndexKeys(table, data.Item);
  const showOld = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  const { output, units } = await write(engine, call, name, data, showOld);
  return { ...output, ...consumedByOne(input, units) };
};

const wrongKey = () =>
  new AwsError("ValidationException", "The provided key element does not match the schema");

/** A batch has one message for a missing or wrong key, for puts and deletions alike. */
const inBatch = (refusal: Error | null | undefined) => {
  const error = refusal ? toAwsError(refusal) : undefined;
  return error instanceof AwsError && /Missing the key|Type mismatch for key/.test(error.message)
    ? wrongKey()
    : error;
};

const refuse = (error: unknown) => {
  if (error) throw toAwsError(error);
};

const entriesIn = (requests: unknown): Record<string, unknown>[] =>
  isRecord(requests)
    ? Object.values(requests).flatMap((entries) => (Array.isArray(entries) ? entries.filter(isRecord) : []))
    : [];

/** Each request of a batch is a write of its own; all are checked before the first takes effect. */
export const batchWriteItem = async (engine: Engine, call: Call, input: Input): Promise<Output> => {
  for (const entry of entriesIn(input.RequestItems)) {
    if (isRecord(entry.PutRequest)) checkNesting(entry.PutRequest.Item);
  }
  const data = checked("BatchWriteItem", input, engine.store);
  const requests = isRecord(data.RequestItems) ? data.RequestItems : {};
  const writes: { name: OperationName; data: Input }[] = [];
  for (const [TableName, entries] of Object.entries(requests)) {
    const table = await engine.tables.get(TableName);
    const seen = new Set<string>();
    for (const entry of Array.isArray(entries) ? entries.filter(isRecord) : []) {
      const put = isRecord(entry.PutRequest) ? entry.PutRequest.Item : undefined;
      const Key = isRecord(entry.DeleteRequest) ? entry.DeleteRequest.Key : undefined;
      checkTableKey(table, put ?? Key);
      checkIndexKeys(table, put);
      if (put) refuse(inBatch(validateItem(put, table)));
      else if (validateKey(Key, table)) throw wrongKey();
      const key = createKey(put ?? Key, table);
      if (seen.has(key)) {
        throw new AwsError("ValidationException", "Provided list of item keys contains duplicates");
      }
      seen.add(key);
      writes.push(
        put
          ? { name: "PutItem", data: { TableName, Item: put } }
          : { name: "DeleteItem", data: { TableName, Key } },
      );
    }
  }
  const written = await Promise.all(writes.map((one) => write(engine, call, one.name, one.data, false)));
  return {
    UnprocessedItems: {},
    ...consumedByMany(
      input,
      written.map(({ units }) => units),
    ),
  };
};

/**
 * Takes a lock of dynalite's. Locks that are asked for in one tick are queued together, before those of later
 * ticks.
 */
export const lockItem = (store: Store, table: string, key: string): Promise<() => void> =>
  new Promise((resolve) => {
    store.getItemDb(table).lock(key, (release: Release) => resolve(release(() => {})));
  });

export const readItem = (store: Store, table: string, key: string): Promise<Item | undefined> =>
  new Promise((resolve, reject) => {
    store.getItemDb(table).get(key, (error, item) => {
      if (error && !(error instanceof Error && error.name === "NotFoundError")) reject(error);
      else resolve(item);
    });
  });

/** Removes an item that time to live says is due, under the item's lock. */
export const expireItem = async (
  engine: Engine,
  table: string,
  key: string,
  entry: string,
  isDue: (item: Item) => boolean,
): Promise<void> => {
  const unlock = await lockItem(engine.store, table, key);
  try {
    const item = await readItem(engine.store, table, key);
    if (item && isDue(item)) {
      const description = await engine.tables.get(table);
      const Key = Object.fromEntries(
        description.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
      );
      const view = makeWriteView(
        engine.store,
        engine.tables,
        (written, indexes) => land(engine, written, indexes, true),
        true,
      );
      await perform("DeleteItem", { TableName: table, Key }, view.store);
    }
    await engine.store.db.batch([{ type: "del", key: entry }]);
  } finally {
    unlock();
  }
};
