import { randomUUID } from "node:crypto";

const NAME = "x-transaction-id";
const TRANSACTION_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

/** The headers of `fetch`, of `node:http`, or of an event of API Gateway. */
type Headers = { get(name: string): string | null } | Readonly<Record<string, unknown>>;

/** The transaction id that a request came with; a new one if it has none that the platform takes. */
export const transactionIdOf = (headers?: Headers | null): string => {
  const given =
    typeof headers?.get === "function"
      ? headers.get(NAME)
      : Object.entries({ ...headers }).find(([name]) => name.toLowerCase() === NAME)?.[1];
  const [id] = [given].flat();
  return typeof id === "string" && TRANSACTION_ID.test(id) ? id : randomUUID();
};
