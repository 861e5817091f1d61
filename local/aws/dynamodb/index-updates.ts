import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, record, records, text } from "../port/input.ts";
import { type BatchOperation, type Item, indexActions, type Table } from "./dynalite.ts";
import { indexKey, under } from "./tables.ts";
import { type Engine, lockItem, readItem } from "./writes.ts";

const invalid = (message: string) => new AwsError("ValidationException", message);

const indexesOf = (table: Table) => table.GlobalSecondaryIndexes ?? [];

/** Writes the index entries of all existing items. Items that are written meanwhile write their own entries. */
const fill = async ({ store }: Engine, table: Table, index: { IndexName: string }) => {
  const prefix = `item-${table.TableName}~`;
  for await (const stored of store.db.keys(under(prefix))) {
    const key = stored.slice(prefix.length);
    const unlock = await lockItem(store, table.TableName, key);
    try {
      const item: Item | undefined = await readItem(store, table.TableName, key);
      const { puts } = indexActions([index], undefined, item, table);
      const operations = puts.map(
        (put): BatchOperation => ({
          type: "put",
          key: indexKey("Global", table.TableName, put.index, put.key),
          value: put.item,
        }),
      );
      await store.db.batch(operations);
    } finally {
      unlock();
    }
  }
};

const add = async (engine: Engine, table: Table, input: Input, definitions: unknown): Promise<Table> => {
  const IndexName = text(input, "IndexName");
  if (indexesOf(table).some((index) => index.IndexName === IndexName)) {
    throw invalid(`Attempting to create an index which already exists: ${IndexName}`);
  }
  const projection = record(input, "Projection");
  const index = {
    ...input,
    IndexName,
    KeySchema: records(input, "KeySchema").map((key) => ({
      AttributeName: text(key, "AttributeName"),
      KeyType: text(key, "KeyType"),
    })),
    Projection: { ...projection, ProjectionType: text(projection, "ProjectionType") },
    IndexArn: `${engine.tables.arn(table.TableName)}/index/${IndexName}`,
    IndexStatus: "ACTIVE",
    IndexSizeBytes: 0,
    ItemCount: 0,
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
  };
  const changed = {
    ...table,
    AttributeDefinitions: definitions,
    GlobalSecondaryIndexes: [...indexesOf(table), index],
  };
  await engine.store.db.put(`table~${table.TableName}`, changed);
  engine.tables.forget(table.TableName);
  await fill(engine, changed, index);
  return changed;
};

const drop = async (engine: Engine, table: Table, IndexName: string): Promise<Table> => {
  const rest = indexesOf(table).filter((index) => index.IndexName !== IndexName);
  if (rest.length === indexesOf(table).length) {
    throw new AwsError("ResourceNotFoundException", "Requested resource not found");
  }
  const { GlobalSecondaryIndexes: _, ...others } = table;
  const changed: Table = rest.length > 0 ? { ...others, GlobalSecondaryIndexes: rest } : { ...others };
  await engine.store.db.put(`table~${table.TableName}`, changed);
  engine.tables.forget(table.TableName);
  await engine.store.db.clear(under(indexKey("Global", table.TableName, IndexName, "")));
  return changed;
};

/** Definitions of the attributes that some key still uses: a table may not have others. */
const mergedDefinitions = (table: Table, input: Input): unknown => {
  const all = new Map<unknown, unknown>();
  for (const one of [...records(table, "AttributeDefinitions"), ...records(input, "AttributeDefinitions")]) {
    all.set(one.AttributeName, one);
  }
  return [...all.values()];
};

/**
 * UpdateTable's new and dropped indexes, which dynalite accepts and ignores. An index that is declared later is
 * thus added to the data that a developer already has.
 */
export const updateIndexes = async (engine: Engine, input: Input): Promise<boolean> => {
  const updates = records(input, "GlobalSecondaryIndexUpdates");
  let done = false;
  for (const update of updates) {
    const table = await engine.tables.get(text(input, "TableName"));
    if (isRecord(update.Create)) {
      await add(engine, table, update.Create, mergedDefinitions(table, input));
      done = true;
    } else if (isRecord(update.Delete)) {
      await drop(engine, table, text(record(update, "Delete"), "IndexName"));
      done = true;
    }
  }
  return done;
};
