import { AwsError } from "../port/errors.ts";
import { type Input, isRecord } from "../port/input.ts";
import type { Index, Item, Table } from "./dynalite.ts";

/**
 * An empty key refuses the whole request, in a transaction too, where other faults are cancellation reasons.
 */
export class EmptyKey extends AwsError {
  constructor(message: string) {
    super("ValidationException", message);
  }
}

export const indexesOf = (table: Table): Index[] => [
  ...(table.GlobalSecondaryIndexes ?? []),
  ...(table.LocalSecondaryIndexes ?? []),
];

const emptyKind = (item: Input, attribute: string): "string" | "binary" | undefined => {
  const value = item[attribute];
  if (!isRecord(value)) return undefined;
  return value.S === "" ? "string" : value.B === "" ? "binary" : undefined;
};

/** The first index, by name, of which an attribute of this item is an empty key. */
const emptyIndexKey = (table: Table, item: Input) => {
  for (const { IndexName, KeySchema } of indexesOf(table).sort((a, b) =>
    a.IndexName < b.IndexName ? -1 : 1,
  )) {
    for (const { AttributeName } of KeySchema) {
      const kind = emptyKind(item, AttributeName);
      if (kind) return { IndexName, AttributeName, kind };
    }
  }
  return undefined;
};

/** Checks an item that PutItem writes whole. */
export const checkIndexKeys = (table: Table, item: unknown): void => {
  const empty = isRecord(item) ? emptyIndexKey(table, item) : undefined;
  if (!empty) return;
  throw new EmptyKey(
    `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${empty.kind} value. IndexName: ${empty.IndexName}, IndexKey: ${empty.AttributeName}`,
  );
};

/** Checks an item after an update. An empty value that the item had before is allowed. */
export const checkUpdatedIndexKeys = (table: Table, old: Item | undefined, item: Item): void => {
  const changed = Object.fromEntries(
    Object.entries(item).filter(([name]) => !old || emptyKind(old, name) === undefined),
  );
  const empty = emptyIndexKey(table, changed);
  if (!empty) return;
  throw new EmptyKey(
    `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${empty.kind} value.`,
  );
};

/** Checks the table's own key, because dynalite's message for a key differs from its message for an item. */
export const checkTableKey = (table: Table, key: unknown): void => {
  for (const { AttributeName } of table.KeySchema) {
    const kind = isRecord(key) ? emptyKind(key, AttributeName) : undefined;
    if (kind) {
      throw new EmptyKey(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${AttributeName}`,
      );
    }
  }
};
