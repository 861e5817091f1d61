import { readConfig, text } from "#common/config/config.ts";
import type { Contract } from "#common/http/contract.ts";
import type { IdempotencyStore } from "#common/idempotency/idempotency.ts";

/** What a manifest lets its function touch, by kind and name. */
export type Access = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const TABLE = "idempotency";

const idempotentRoutes = (contract: Contract): string[] =>
  Object.entries(contract).flatMap(([route, fields]) => (fields?.idempotent ? [route] : []));

/**
 * What is wrong with a function whose contract takes an Idempotency-Key and whose manifest does not let it
 * keep one; the build and the function's start say it.
 */
export const idempotencyFault = (contract: Contract, access: Access = {}): string | undefined => {
  const [route] = idempotentRoutes(contract);
  const rights = [access.tables?.[TABLE] ?? []].flat();
  if (route === undefined || (rights.includes("read") && rights.includes("write"))) return undefined;
  return `${route} is idempotent, so function.json must grant it: "tables": { "${TABLE}": ["read", "write"] }`;
};

/**
 * The table that the manifest grants to a contract with idempotent routes, in the environment variable of the
 * grant. DynamoDB's client is loaded with the first Idempotency-Key: most requests have none.
 */
export const grantedStore = (contract: Contract, access?: Access): (() => Promise<IdempotencyStore>) => {
  const fault = idempotencyFault(contract, access);
  if (fault !== undefined) throw new Error(fault);
  if (idempotentRoutes(contract).length === 0) {
    return () => Promise.reject(new Error("no route of this function is idempotent"));
  }
  const { IDEMPOTENCY_TABLE } = readConfig({ IDEMPOTENCY_TABLE: text() });
  let store: IdempotencyStore | undefined;
  return async () => {
    store ??= (await import("#common/idempotency/table.ts")).idempotencyTable(IDEMPOTENCY_TABLE);
    return store;
  };
};
