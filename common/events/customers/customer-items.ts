import { type Item, numberOf, optionalTextOf, textOf } from "#common/table/table.ts";
import { nameWordKey, profileKey } from "../keys.ts";
import type { StoredCustomer } from "./customer.ts";

export const customerToItem = (customer: StoredCustomer): Item => {
  const { organizationId, customerId, name, email, externalId, attributes, createdAt, updatedAt } = customer;
  return {
    ...profileKey(organizationId, customerId),
    customerId,
    name,
    ...(email === undefined ? {} : { email }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(attributes === undefined ? {} : { attributes: JSON.stringify(attributes) }),
    createdAt,
    updatedAt,
    version: customer.version,
    salt: customer.salt,
    ...(customer.transactionId === undefined ? {} : { transactionId: customer.transactionId }),
    digest: customer.digest,
    words: JSON.stringify(customer.words),
  };
};

export const customerFromItem = (organizationId: string, item: Item): StoredCustomer => {
  const email = optionalTextOf(item, "email");
  const externalId = optionalTextOf(item, "externalId");
  const attributes = optionalTextOf(item, "attributes");
  const transactionId = optionalTextOf(item, "transactionId");
  return {
    customerId: textOf(item, "customerId"),
    organizationId,
    name: textOf(item, "name"),
    ...(email === undefined ? {} : { email }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(attributes === undefined ? {} : { attributes: JSON.parse(attributes) }),
    createdAt: textOf(item, "createdAt"),
    updatedAt: textOf(item, "updatedAt"),
    version: numberOf(item, "version"),
    salt: textOf(item, "salt"),
    ...(transactionId === undefined ? {} : { transactionId }),
    digest: textOf(item, "digest"),
    words: JSON.parse(textOf(item, "words")),
  };
};

export const wordItem = (customer: StoredCustomer, word: string): Item => ({
  ...nameWordKey(customer.organizationId, word, customer.customerId),
  customerId: customer.customerId,
  word,
});
