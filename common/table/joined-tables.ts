import { dynamodbTable } from "./dynamodb-table.ts";
import type { Item, Key, Table } from "./table.ts";
import { transactWrites } from "./transact-writes.ts";

/**
 * Two tables in DynamoDB as one, so that a transaction can span both: items whose partition key `isInFirst` claims
 * stand in the first, all others in the second.
 */
export const joinedTables = (first: string, second: string, isInFirst: (pk: string) => boolean): Table => {
  const tables = { [first]: dynamodbTable(first), [second]: dynamodbTable(second) };
  const nameOf = (pk: string): string => (isInFirst(pk) ? first : second);
  const tableOf = (pk: string): Table => tables[nameOf(pk)] as Table;
  const inBoth = async <T extends Key, R>(
    things: readonly T[],
    work: (table: Table, part: readonly T[]) => Promise<R>,
  ): Promise<R[]> =>
    Promise.all(
      [true, false].flatMap((isFirst) => {
        const part = things.filter(({ pk }) => isInFirst(pk) === isFirst);
        return part[0] ? [work(tableOf(part[0].pk), part)] : [];
      }),
    );

  return {
    get: (key, options) => tableOf(key.pk).get(key, options),
    getMany: async (keys, options) =>
      (await inBoth(keys, (table, part): Promise<Item[]> => table.getMany(part, options))).flat(),
    queryPage: (options) => tableOf(options.pk).queryPage(options),
    putIfAbsent: (item) => tableOf(item.pk).putIfAbsent(item),
    putAll: async (items) => void (await inBoth(items, (table, part) => table.putAll(part))),
    putIfVersion: (item, version) => tableOf(item.pk).putIfVersion(item, version),
    transact: (writes) => transactWrites(({ pk }) => nameOf(pk), writes),
  };
};
