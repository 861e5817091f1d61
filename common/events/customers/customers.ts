import type { Item, Key, Table } from "#common/table/table.ts";
import { customerListKey, nameWordKey, profileKey } from "../keys.ts";
import { customerFromItem, customerToItem, type StoredCustomer } from "./customer.ts";

/** One write of a transaction. With `version`, only if what stands there has it (0: if nothing stands there). */
export type Write = { put: Item; version?: number } | { remove: Key; version?: number };

/** The table `events`, as customers need it. */
export type CustomerTable = Pick<Table, "get" | "getMany" | "queryPage"> & {
  /** All writes or none, at most 100; false when a version is another by now. Each key once. */
  transact(writes: readonly Write[]): Promise<boolean>;
};

const wordItem = (customer: StoredCustomer, word: string): Item => ({
  ...nameWordKey(customer.organizationId, word, customer.customerId),
  customerId: customer.customerId,
  word,
});

/** One customer; consistent, since changes go by its version. */
export const readCustomer = async (
  table: CustomerTable,
  organizationId: string,
  customerId: string,
): Promise<StoredCustomer | undefined> => {
  const item = await table.get(profileKey(organizationId, customerId), { consistent: true });
  return item && customerFromItem(organizationId, item);
};

/**
 * Puts a customer in the place of `before`, with its place in the list and the words of its name, as one:
 * whoever finds one finds all. False if it was changed since `before` was read.
 */
export const writeCustomer = (
  table: CustomerTable,
  next: StoredCustomer,
  before: StoredCustomer | undefined,
): Promise<boolean> => {
  const { organizationId, customerId } = next;
  const [had, has] = [new Set(before?.words), new Set(next.words)];
  return table.transact([
    { put: customerToItem(next), version: before?.version ?? 0 },
    { put: { ...customerListKey(organizationId, customerId), customerId } },
    ...[...has.difference(had)].map((word): Write => ({ put: wordItem(next, word) })),
    ...[...had.difference(has)].map(
      (word): Write => ({
        remove: nameWordKey(organizationId, word, customerId),
      }),
    ),
  ]);
};

/** Removes all that the table has of a customer but its events. False if it was changed since it was read. */
export const eraseCustomer = (table: CustomerTable, customer: StoredCustomer): Promise<boolean> => {
  const { organizationId, customerId, words, version } = customer;
  return table.transact([
    { remove: profileKey(organizationId, customerId), version },
    { remove: customerListKey(organizationId, customerId) },
    ...words.map((word): Write => ({ remove: nameWordKey(organizationId, word, customerId) })),
  ]);
};
