import type { QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Index, Item, QueryOptions } from "./table.ts";
import { toKey, type WireItem } from "./wire.ts";

/** Text that a query's `next` is: the sort key, or what an index needs to go on. */
export const nextOf = (last: Item, index: Index | undefined): string =>
  index ? JSON.stringify([last[index.sortKey], last.pk, last.sk]) : last.sk;

const startKey = ({ pk, after, index }: QueryOptions): WireItem | undefined => {
  if (after === undefined) return undefined;
  if (!index) return toKey({ pk, sk: after });
  const [sortKey, itemPk, itemSk] = JSON.parse(after) as [string, string, string];
  return {
    ...toKey({ pk: itemPk, sk: itemSk }),
    [index.partitionKey]: { S: pk },
    [index.sortKey]: { S: sortKey },
  };
};

export const queryInput = (options: QueryOptions): Omit<QueryCommandInput, "TableName"> => {
  const { pk, from, to, order = "asc", limit, consistent = false, index, keysOnly = false } = options;
  const [partitionKey, sortKey] = index ? [index.partitionKey, index.sortKey] : ["pk", "sk"];
  const bounds =
    from !== undefined && to !== undefined
      ? " AND #sk BETWEEN :from AND :to"
      : from !== undefined
        ? " AND #sk >= :from"
        : to !== undefined
          ? " AND #sk <= :to"
          : "";
  const names = {
    "#pk": partitionKey,
    ...(bounds || keysOnly ? { "#sk": sortKey } : {}),
    ...(index && keysOnly ? { "#tablePk": "pk", "#tableSk": "sk" } : {}),
  };
  const start = startKey(options);
  return {
    ...(index ? { IndexName: index.name } : {}),
    KeyConditionExpression: `#pk = :pk${bounds}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: {
      ":pk": { S: pk },
      ...(from === undefined ? {} : { ":from": { S: from } }),
      ...(to === undefined ? {} : { ":to": { S: to } }),
    },
    ScanIndexForward: order === "asc",
    ConsistentRead: consistent,
    ...(keysOnly ? { ProjectionExpression: Object.keys(names).join() } : {}),
    ...(limit === undefined ? {} : { Limit: limit }),
    ...(start ? { ExclusiveStartKey: start } : {}),
  };
};
