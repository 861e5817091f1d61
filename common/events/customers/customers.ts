import type { Condition, Table, TransactionResult, Write } from "#common/table/table.ts";
import { customerListKey, nameWordKey, profileKey } from "../keys.ts";
import type { StoredCustomer } from "./customer.ts";
import { customerFromItem, customerToItem, wordItem } from "./customer-items.ts";

/** The table `events`, as customers need it. */
export type CustomerTable = Pick<Table, "get" | "getMany" | "queryPage" | "transact">;

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
 * Puts a customer in the place of `before`, with its place in the list and the words of its name, as one
 * transaction. Not done if it was changed since `before` was read.
 */
export const writeCustomer = (
  table: CustomerTable,
  next: StoredCustomer,
  before: StoredCustomer | undefined,
): Promise<TransactionResult> => {
  const { organizationId, customerId } = next;
  const asRead: Condition = before ? { version: before.version } : { absent: true };
  const [had, has] = [new Set(before?.words), new Set(next.words)];
  return table.transact([
    { put: customerToItem(next), ...asRead },
    { put: { ...customerListKey(organizationId, customerId), customerId } },
    ...[...has.difference(had)].map((word): Write => ({ put: wordItem(next, word) })),
    ...[...had.difference(has)].map(
      (word): Write => ({
        remove: nameWordKey(organizationId, word, customerId),
      }),
    ),
  ]);
};

/** Removes all that the table has of a customer but its events. Not done if it was changed since it was read. */
export const eraseCustomer = (table: CustomerTable, customer: StoredCustomer): Promise<TransactionResult> => {
  const { organizationId, customerId, words, version } = customer;
  return table.transact([
    { remove: profileKey(organizationId, customerId), version },
    { remove: customerListKey(organizationId, customerId) },
    ...words.map((word): Write => ({ remove: nameWordKey(organizationId, word, customerId) })),
  ]);
};
