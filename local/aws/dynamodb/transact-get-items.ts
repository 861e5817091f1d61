import { type Input, isRecord, type Output, record, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { consumedByMany, readUnits, spend, TRANSACTION_FACTOR } from "./capacity.ts";
import type { DynamoDbContext } from "./context.ts";
import { checked, createKey, itemSize, perform, toAwsError, validateKey } from "./dynalite.ts";
import { checkTableKey } from "./index-keys.ts";
import { entriesOf, refuseLarge, refuseRepeated, withLocks } from "./transaction-items.ts";
import { readItem, tableNameOf } from "./writes.ts";

export const transactGetItems = ({ engine, authorize }: DynamoDbContext): Operation => {
  const { store, tables } = engine;

  const parse = async (entry: Input) => {
    const data = checked("GetItem", isRecord(entry.Get) ? entry.Get : {}, store);
    const table = await tables.get(tableNameOf(data));
    checkTableKey(table, data.Key);
    const refusal = validateKey(data.Key, table);
    if (refusal) throw toAwsError(refusal);
    return { table: table.TableName, key: createKey(data.Key, table), data };
  };

  return async (input, call): Promise<Output> => {
    const entries = entriesOf(input);
    for (const entry of entries) authorize(call, "GetItem", text(record(entry, "Get"), "TableName"));
    const gets = await Promise.all(entries.map(parse));
    refuseRepeated(gets);
    return withLocks(store, gets, async () => {
      const items = await Promise.all(gets.map(({ table, key }) => readItem(store, table, key)));
      refuseLarge(items.reduce((bytes, item) => bytes + (item ? itemSize(item) : 0), 0));
      const Responses = await Promise.all(gets.map(({ data }) => perform("GetItem", data, store)));
      const units = gets.map(({ table }, index) => readUnits(table, items[index]));
      spend(call, "read", units, TRANSACTION_FACTOR);
      return {
        Responses,
        ...consumedByMany(input, units, { factor: TRANSACTION_FACTOR, kind: "ReadCapacityUnits" }),
      };
    });
  };
};
