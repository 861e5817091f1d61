import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, records } from "../port/input.ts";
import type { Store } from "./dynalite.ts";
import { lockItem } from "./writes.ts";

/** AWS's limit on the items of one transaction together. */
export const TRANSACTION_BYTES_MAX = 4 * 1024 * 1024;

const ACTIONS = ["Put", "Update", "Delete", "ConditionCheck"] as const;
export type ActionName = (typeof ACTIONS)[number];
const isActionName = (name: string): name is ActionName => ACTIONS.some((action) => action === name);

/** The permission that a caller needs for each action of a transaction. */
export const RIGHT_OF: Record<ActionName, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

export const invalid = (message: string) => new AwsError("ValidationException", message);

/** The one action of an entry of `TransactItems`. */
export const actionOf = (entry: Input): { kind: ActionName; input: Input } => {
  const [found, ...more] = Object.entries(entry).filter(([, value]) => value !== undefined && value !== null);
  if (!found || more.length > 0 || !isActionName(found[0]) || !isRecord(found[1])) {
    throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  return { kind: found[0], input: found[1] };
};

export const entriesOf = (input: Input): Record<string, unknown>[] => {
  const entries = records(input, "TransactItems");
  if (entries.length < 1 || entries.length > 100) {
    throw invalid(
      `1 validation error detected: Value '[${entries.length === 0 ? "" : "…"}]' at 'transactItems' failed to satisfy constraint: Member must have length ${entries.length < 1 ? "greater than or equal to 1" : "less than or equal to 100"}`,
    );
  }
  return entries;
};

/** AWS documents the limit and not its message. */
export const refuseLarge = (bytes: number): void => {
  if (bytes > TRANSACTION_BYTES_MAX) {
    throw invalid(
      `The items of a transaction may have ${TRANSACTION_BYTES_MAX} bytes altogether; these have ${bytes}.`,
    );
  }
};

type Place = { table: string; key: string };

export const refuseRepeated = (items: readonly Place[]): void => {
  const names = new Set(items.map(({ table, key }) => `${table}/${key}`));
  if (names.size < items.length) {
    throw invalid("Transaction request cannot include multiple operations on one item");
  }
};

/** Holds the locks of all items while it runs. */
export const withLocks = async <T>(
  store: Store,
  items: readonly Place[],
  run: () => Promise<T>,
): Promise<T> => {
  const unlocks = await Promise.all(items.map(({ table, key }) => lockItem(store, table, key)));
  try {
    return await run();
  } finally {
    for (const unlock of unlocks) unlock();
  }
};
