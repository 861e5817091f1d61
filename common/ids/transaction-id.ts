const TRANSACTION_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

/** Whether it can be a transaction id: it goes into headers, message attributes and log lines as it is. */
export const isTransactionId = (value: unknown): value is string =>
  typeof value === "string" && TRANSACTION_ID.test(value);
